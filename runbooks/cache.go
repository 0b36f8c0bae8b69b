package runbooks

import (
	"container/list"
	"hash/maphash"
	"sync"
)

// Cache caches the most recently used rendered runbooks. It is safe for
// concurrent use.
type Cache struct {
	size int
	seed maphash.Seed

	mu    sync.Mutex
	order *list.List // of cached, the last used first
	byKey map[cacheKey]*list.Element
}

// cacheKey is the runbook's path, its content and the style.
type cacheKey struct {
	path  string
	body  uint64
	bytes int
	style Style
}

type cached struct {
	key      cacheKey
	rendered Rendered
}

// NewCache makes a cache of at most size rendered runbooks.
func NewCache(size int) *Cache {
	return &Cache{size: max(size, 1), seed: maphash.MakeSeed(), order: list.New(), byKey: map[cacheKey]*list.Element{}}
}

// Get returns the cached form. It never renders, so that an event loop can call
// it.
func (c *Cache) Get(rb *Runbook, s Style) (Rendered, bool) {
	key := c.key(rb, s)
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return Rendered{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(cached).rendered, true
}

// Render returns the cached form, or renders the runbook and caches the result.
func (c *Cache) Render(rb *Runbook, s Style) (Rendered, error) {
	if r, ok := c.Get(rb, s); ok {
		return r, nil
	}
	r, err := Render(rb, s)
	if err != nil {
		return Rendered{}, err
	}
	key := c.key(rb, s)
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[key]; ok {
		return r, nil
	}
	c.byKey[key] = c.order.PushFront(cached{key, r})
	for c.order.Len() > c.size {
		oldest := c.order.Back()
		delete(c.byKey, oldest.Value.(cached).key)
		c.order.Remove(oldest)
	}
	return r, nil
}

func (c *Cache) key(rb *Runbook, s Style) cacheKey {
	return cacheKey{path: rb.Path, body: maphash.String(c.seed, rb.Body), bytes: len(rb.Body), style: s}
}
