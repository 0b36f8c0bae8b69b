package runbooks

// Library holds the runbooks of all configured places.
type Library struct{}

// Open scans the configured places. It never fails: what could not be read is
// told by Problems, and the rest works.
func Open(o Options) *Library { return &Library{} }

// Problems are what could not be used, by path.
func (l *Library) Problems() []Problem { return nil }

// Refresh scans again and reports whether anything changed.
func (l *Library) Refresh() bool { return false }

// Runbooks are all of them, in the order of the configured places, then by name.
func (l *Library) Runbooks() []*Runbook { return nil }

// Find chooses the runbook for an alert group.
func (l *Library) Find(q Query) (Match, bool) { return Match{}, false }

// Render renders a runbook. It is safe for concurrent use.
func Render(rb *Runbook, s Style) (Rendered, error) { return Rendered{}, nil }

// Cache keeps rendered runbooks.
type Cache struct{}

// NewCache makes a cache of at most size rendered runbooks.
func NewCache(size int) *Cache { return &Cache{} }

// Get returns what is cached and never renders.
func (c *Cache) Get(rb *Runbook, s Style) (Rendered, bool) { return Rendered{}, false }

// Render returns what is cached, else renders and keeps it.
func (c *Cache) Render(rb *Runbook, s Style) (Rendered, error) { return Render(rb, s) }
