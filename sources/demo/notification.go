package demo

import (
	"slices"
	"strings"
	"time"
)

// The contact methods of PagerDuty's users.
const (
	ContactPush  = "push_notification_contact_method"
	ContactPhone = "phone_contact_method"
	ContactSMS   = "sms_contact_method"
	ContactEmail = "email_contact_method"
)

// NotificationRule says how, and how long after an assignment, a user is
// notified of incidents of an urgency (high or low).
type NotificationRule struct {
	Urgency string
	Delay   time.Duration
	Contact string
}

// DefaultRules returns the rules of a user who has changed nothing.
func DefaultRules() []NotificationRule {
	return []NotificationRule{{Urgency: "high", Contact: ContactPush}, {Urgency: "low", Contact: ContactEmail}}
}

func (u User) rules() []NotificationRule {
	if u.Rules == nil {
		return DefaultRules()
	}
	return u.Rules
}

// Notification is a notification that PagerDuty sent to a user.
type Notification struct {
	At                 time.Time
	UserID, IncidentID string
	// Contact is the contact method, Urgency the urgency of the rule.
	Contact, Urgency string
	// Level is the policy level of the user's assignment. It is 0 for a direct
	// assignment and for a request to join.
	Level int
	// Join means that the user was asked to join.
	Join bool
}

// Notifications returns all notifications that were sent, in their order.
func (p *PagerDuty) Notifications() []Notification {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	return slices.Clone(p.sent)
}

// notice is a notification that is due later.
type notice struct {
	at     time.Time
	userID string
	rule   NotificationRule
	join   bool
}

// notices returns what a user's rules for an urgency will send. It returns
// nothing for a user without a rule for it.
func (p *PagerDuty) notices(userID, urgency string, join bool) []notice {
	var all []notice
	u, found := p.directory.user(userID)
	if !found {
		return nil
	}
	for _, r := range u.rules() {
		if r.Urgency == urgency {
			all = append(all, notice{p.now().Add(r.Delay), userID, r, join})
		}
	}
	return all
}

// send sends what is due on an incident.
func (p *PagerDuty) send(i *incident) {
	i.due = p.sendDue(i, i.due)
	for _, r := range i.asked {
		for _, one := range r.responders {
			one.due = p.sendDue(i, one.due)
		}
	}
}

// sendDue sends the notices that are due and returns the others.
func (p *PagerDuty) sendDue(i *incident, all []notice) []notice {
	now := p.now()
	var due, later []notice
	for _, n := range all {
		if n.at.After(now) {
			later = append(later, n)
		} else {
			due = append(due, n)
		}
	}
	slices.SortStableFunc(due, func(a, b notice) int { return a.at.Compare(b.at) })
	for _, n := range due {
		p.notify(i, n)
	}
	return later
}

func (p *PagerDuty) notify(i *incident, n notice) {
	sent := Notification{At: p.now(), UserID: n.userID, IncidentID: i.id, Contact: n.rule.Contact, Urgency: n.rule.Urgency, Join: n.join}
	if !n.join {
		sent.Level = i.level
	}
	p.sent = append(p.sent, sent)
	u, _ := p.directory.user(n.userID)
	kind := strings.TrimSuffix(n.rule.Contact, "_contact_method")
	if !strings.HasSuffix(kind, "_notification") {
		kind += "_notification"
	}
	how := obj{"type": kind, "status": "success"}
	if n.rule.Contact != ContactPush {
		how["address"] = u.address(n.rule.Contact)
	}
	p.log(i, "notify", "Notified "+u.Name+".", agent{userID: n.userID}, func(e *logEntry) {
		e.channel = obj{"type": "auto", "notification": how}
	})
}

// address returns the user's address for a contact method.
func (u User) address(contact string) string {
	switch contact {
	case ContactEmail:
		return u.Email
	case ContactPush:
		return "a phone"
	}
	return "+1 555 0100"
}
