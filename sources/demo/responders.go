package demo

import (
	"net/http"
	"slices"
	"time"
)

// responderRequest is a request to users and policies to join an incident.
type responderRequest struct {
	id              string
	at              time.Time
	by, message     string
	users, policies []string
	responders      []*responder // the users, including those of the policies
}

// responder is a user who was asked to join.
type responder struct {
	userID, state string
	changed       time.Time
	policyID      string // the policy through which the user was asked
	due           []notice
}

// ask asks a user. The schema says: "The responder targets will be notified via
// their high urgency notification rules, until the target user has either
// accepted or declined the request".
func (p *PagerDuty) ask(r *responderRequest, userID, policyID string) {
	if slices.ContainsFunc(r.responders, func(one *responder) bool { return one.userID == userID }) {
		return
	}
	r.responders = append(r.responders, &responder{
		userID: userID, state: "pending", changed: p.now(), policyID: policyID, due: p.notices(userID, "high", true),
	})
}

// AnswerRequest answers each pending request to a user to join an incident with
// joined or declined. The public API has no call for this.
func (p *PagerDuty) AnswerRequest(incidentID, userID, state string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	p.answerRequest(p.incident(incidentID), userID, state)
}

func (p *PagerDuty) answerRequest(i *incident, userID, state string) {
	for _, r := range i.asked {
		for _, one := range r.responders {
			if one.userID == userID && one.state == "pending" {
				one.state, one.changed, one.due = state, p.now(), nil
				i.touch(p.now())
			}
		}
	}
}

func (p *PagerDuty) askResponders(c *call) (answer, error) {
	i, err := p.respondersOf(c)
	if err != nil {
		return answer{}, err
	}
	var body struct {
		RequesterID string `json:"requester_id"`
		Message     string `json:"message"`
		Targets     []struct {
			Target idRef `json:"responder_request_target"`
		} `json:"responder_request_targets"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if _, found := p.directory.user(body.RequesterID); !found {
		return answer{}, refuse(1008, "Requester User Not Found")
	}
	var users, policies []string
	for _, t := range body.Targets {
		_, isUser := p.directory.user(t.Target.ID)
		_, isPolicy := p.directory.policy(t.Target.ID)
		switch {
		case t.Target.Type == "user_reference" && isUser:
			users = append(users, t.Target.ID)
		case t.Target.Type == "escalation_policy_reference" && isPolicy:
			policies = append(policies, t.Target.ID)
		default:
			return answer{}, invalid("Responder Request Target Not Found")
		}
	}
	if len(body.Targets) == 0 {
		return answer{}, invalid("responder_request_targets cannot be empty")
	}
	return ok(obj{"responder_request": p.requestJSON(i, p.request(i, body.RequesterID, body.Message, users, policies))})
}

// request asks users, and those on call for policies, to join an incident.
func (p *PagerDuty) request(i *incident, by, message string, users, policies []string) *responderRequest {
	r := &responderRequest{id: p.newID("P"), at: p.now(), by: by, message: message, users: users, policies: policies}
	for _, id := range users {
		p.ask(r, id, "")
	}
	for _, id := range policies {
		policy, _ := p.directory.policy(id)
		if level := p.directory.firstLevel(policy, 1, p.now()); level > 0 {
			for _, userID := range p.directory.onCall(policy, level, p.now()) {
				p.ask(r, userID, id)
			}
		}
	}
	i.asked = append(i.asked, r)
	i.touch(p.now())
	p.send(i)
	return r
}

// cancelRequests ends pending requests. Requests that were answered do not
// change.
func (p *PagerDuty) cancelRequests(c *call) (answer, error) {
	i, err := p.respondersOf(c)
	if err != nil {
		return answer{}, err
	}
	var body struct {
		RequesterID string  `json:"requester_id"`
		Targets     []idRef `json:"responder_request_targets"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if _, found := p.directory.user(body.RequesterID); !found {
		return answer{}, refuse(1008, "Requester User Not Found")
	}
	results := []obj{}
	for _, t := range body.Targets {
		result := "not_found"
		for _, r := range i.asked {
			for _, one := range r.responders {
				if one.userID != t.ID && one.policyID != t.ID {
					continue
				}
				switch one.state {
				case "pending":
					one.state, one.changed, one.due = "user_cancelled", p.now(), nil
					result = "cancelled"
				case "joined", "declined":
					result = one.state
				}
			}
		}
		results = append(results, obj{"id": t.ID, "type": t.Type, "result": result})
	}
	i.touch(p.now())
	return ok(obj{"responder_request_targets": results})
}

// respondersOf returns the incident of a request that requires responder
// requests.
func (p *PagerDuty) respondersOf(c *call) (*incident, error) {
	i, err := p.incidentOf(c)
	if err == nil && !slices.Contains(p.directory.Abilities, "coordinated_responding") {
		err = &refusal{http.StatusPaymentRequired, 2014, "Account does not have the abilities to perform the action", nil}
	}
	return i, err
}

func (p *PagerDuty) requestJSON(i *incident, r *responderRequest) obj {
	targets := []obj{}
	for _, id := range r.users {
		targets = append(targets, obj{"responder_request_target": p.directory.userRef(id)})
	}
	for _, id := range r.policies {
		targets = append(targets, obj{"responder_request_target": p.directory.policyRef(id)})
	}
	return obj{
		"id": r.id, "incident": p.incidentRef(i.id), "requester": p.directory.userRef(r.by),
		"requested_at": stamp(r.at), "message": r.message, "responder_request_targets": targets,
	}
}

func (p *PagerDuty) responderJSON(i *incident, r *responderRequest, one *responder) obj {
	through := []string{}
	if policy, found := p.directory.policy(one.policyID); found {
		through = append(through, policy.Name)
	}
	return obj{
		"state": one.state, "user": p.directory.userRef(one.userID), "incident": p.incidentRef(i.id),
		"updated_at": stamp(one.changed), "requested_at": stamp(r.at), "message": r.message, "requester": p.directory.userRef(r.by),
		"escalation_policy_requests": through,
	}
}
