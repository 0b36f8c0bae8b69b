package child

import (
	"errors"
	"os/exec"
	"sync"
	"time"
)

// Programs says which programs are on this machine. It is safe for concurrent use.
type Programs struct {
	// Now is the time.
	Now func() time.Time

	mu sync.Mutex
	// found says of programs whether they were found, since a time.
	found map[string]bool
	since time.Time
}

// remembered is for how long a program is not looked for again.
const remembered = time.Minute

// Installed reports whether a program is found on this machine, or was less than a
// minute ago.
func (p *Programs) Installed(program string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.Now(); p.found == nil || now.Sub(p.since).Abs() >= remembered {
		p.found, p.since = map[string]bool{}, now
	}
	installed, there := p.found[program]
	if !there {
		_, err := exec.LookPath(program)
		installed = err == nil || errors.Is(err, exec.ErrDot)
		p.found[program] = installed
	}
	return installed
}
