package draw

// Memo remembers drawn text. It is no state: without it the same is drawn.
type Memo[K comparable] struct {
	texts map[K]string
	// Draws counts the texts that were drawn, for tests.
	Draws int
}

// mostTexts bounds what a memo remembers.
const mostTexts = 4096

// Text returns the text of a key, which draw makes of the key alone.
func (m *Memo[K]) Text(key K, draw func(K) string) string {
	text, ok := m.texts[key]
	if !ok {
		if m.texts == nil || len(m.texts) > mostTexts {
			m.texts = map[K]string{}
		}
		text = draw(key)
		m.Draws++
		m.texts[key] = text
	}
	return text
}

// Forget drops all texts, after the theme has changed.
func (m *Memo[K]) Forget() { clear(m.texts) }
