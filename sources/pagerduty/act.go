package pagerduty

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	pd "github.com/PagerDuty/go-pagerduty"

	"firstline/sources"
)

// chunkSize is how many incidents one PUT /incidents takes. It changes all or
// none of them.
const chunkSize = 250

// The types of reference in requests.
const (
	incidentReference = "incident_reference"
	userReference     = "user_reference"
	policyReference   = "escalation_policy_reference"
	priorityReference = "priority_reference"
	serviceReference  = "service_reference"
)

// change is the new state of one incident: go-pagerduty's options and the
// fields that they lack.
type change struct {
	pd.ManageIncidentsOptions
	Type    string `json:"type"` // go-pagerduty's is deprecated
	Urgency string `json:"urgency,omitempty"`
}

// ChunkError is the cause in the *sources.Error of a write to several
// incidents. PagerDuty changes a chunk of at most 250 completely or not at all.
type ChunkError struct {
	// Done were changed before the failure. Failed are the chunk that failed:
	// none of them was changed, unless the error's Unknown is set; trying them
	// one by one shows which one failed. Left were not tried.
	Done, Failed, Left []string
	Err                error
}

// Error says how many were changed.
func (e *ChunkError) Error() string {
	return fmt.Sprintf("%d done, %d failed together, %d not tried: %v", len(e.Done), len(e.Failed), len(e.Left), e.Err)
}

// Unwrap returns the cause.
func (e *ChunkError) Unwrap() error { return e.Err }

// put makes the same change to all incidents, in chunks.
func (c *Client) put(ctx context.Context, what string, to change, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := c.checkIDs(what, ids...); err != nil {
		return err
	}
	for start := 0; start < len(ids); start += chunkSize {
		end := min(start+chunkSize, len(ids))
		changes := make([]change, 0, end-start)
		for _, id := range ids[start:end] {
			one := to
			one.ID, one.Type = id, incidentReference
			changes = append(changes, one)
		}
		if err := c.putChunk(ctx, what, changes); err != nil {
			var e *sources.Error
			if asError(err, &e) {
				e.Err = &ChunkError{Done: slices.Clone(ids[:start]), Failed: slices.Clone(ids[start:end]), Left: slices.Clone(ids[end:]), Err: e.Err}
			}
			return err
		}
	}
	return nil
}

func (c *Client) putChunk(ctx context.Context, what string, changes []change) error {
	in := map[string][]change{"incidents": changes}
	var answer struct {
		Incidents list[incidentAnswer] `json:"incidents"`
	}
	if err := c.call(ctx, what, http.MethodPut, "/incidents", nil, in, &answer); err != nil {
		return err
	}
	for i := range answer.Incidents {
		c.answered(ctx, &answer.Incidents[i])
	}
	for _, asked := range changes {
		if !slices.ContainsFunc(answer.Incidents, func(i incidentAnswer) bool { return string(i.ID) == asked.ID }) {
			return c.otherAnswer(what, "an incident")
		}
	}
	return nil
}

// otherAnswer returns the error of a write whose answer is about another
// object. Its outcome is unknown.
func (c *Client) otherAnswer(what, thing string) *sources.Error {
	e := c.problem(what, sources.BadAnswer, "PagerDuty's answer is not about "+thing+" that was sent; it is not known whether it was done: check before doing it again", nil)
	e.Unknown = true
	return e
}

// Acknowledge acknowledges the incidents, so that PagerDuty stops notifying
// people.
func (c *Client) Acknowledge(ctx context.Context, ids ...string) error {
	return c.put(ctx, "acknowledging", change{ManageIncidentsOptions: pd.ManageIncidentsOptions{Status: string(sources.Acknowledged)}}, ids)
}

// Resolve resolves the incidents. resolution may be empty.
func (c *Client) Resolve(ctx context.Context, resolution string, ids ...string) error {
	return c.put(ctx, "resolving", change{ManageIncidentsOptions: pd.ManageIncidentsOptions{Status: string(sources.Resolved), Resolution: resolution}}, ids)
}

// SetPolicy restarts the incidents at level 1 of the policy, even if they
// already have this policy.
func (c *Client) SetPolicy(ctx context.Context, policyID string, ids ...string) error {
	const what = "escalating to another policy"
	if err := c.checkIDs(what, policyID); err != nil {
		return err
	}
	return c.put(ctx, what, change{ManageIncidentsOptions: pd.ManageIncidentsOptions{
		EscalationPolicy: &pd.APIReference{ID: policyID, Type: policyReference},
	}}, ids)
}

// SetLevel escalates within the incidents' current policy. The first level is
// 1. The request has no policy, because that would restart it at level 1.
func (c *Client) SetLevel(ctx context.Context, level int, ids ...string) error {
	const what = "escalating to another level"
	if level < 1 {
		return c.problem(what, sources.Rejected, "levels of a policy begin with 1", nil)
	}
	return c.put(ctx, what, change{ManageIncidentsOptions: pd.ManageIncidentsOptions{EscalationLevel: uint(level)}}, ids)
}

// Assign assigns the incidents to users, outside of their policy's escalation.
func (c *Client) Assign(ctx context.Context, userIDs []string, ids ...string) error {
	const what = "assigning"
	if len(userIDs) == 0 {
		return c.problem(what, sources.Rejected, "there is nobody to assign to", nil)
	}
	if err := c.checkIDs(what, userIDs...); err != nil {
		return err
	}
	return c.put(ctx, what, change{ManageIncidentsOptions: pd.ManageIncidentsOptions{Assignments: assignees(userIDs)}}, ids)
}

func assignees(userIDs []string) []pd.Assignee {
	var all []pd.Assignee
	for _, id := range userIDs {
		all = append(all, pd.Assignee{Assignee: pd.APIObject{ID: id, Type: userReference}})
	}
	return all
}

// SetUrgency makes the incidents "high" or "low".
func (c *Client) SetUrgency(ctx context.Context, urgency string, ids ...string) error {
	const what = "changing the urgency"
	if urgency != "high" && urgency != "low" {
		return c.problem(what, sources.Rejected, "an urgency is high or low, not "+strconv.Quote(urgency), nil)
	}
	return c.put(ctx, what, change{Urgency: urgency}, ids)
}

// SetPriority gives the incidents a priority of the account. The error is
// MissingAbility when the account's plan has no priorities.
func (c *Client) SetPriority(ctx context.Context, priorityID string, ids ...string) error {
	const what = "changing the priority"
	if err := c.checkIDs(what, priorityID); err != nil {
		return err
	}
	return c.put(ctx, what, change{ManageIncidentsOptions: pd.ManageIncidentsOptions{
		Priority: &pd.APIReference{ID: priorityID, Type: priorityReference},
	}}, ids)
}

// Move moves an incident to another service and starts it at level 1 of a
// policy. PagerDuty does not document the effect of a service alone on the
// policy and the assignees, so Move sends both. Read the incident again
// afterwards.
func (c *Client) Move(ctx context.Context, id, serviceID, policyID string) error {
	const what = "moving to another service"
	if err := c.checkIDs(what, id, serviceID, policyID); err != nil {
		return err
	}
	type moved struct {
		Type    string          `json:"type"`
		Service pd.APIReference `json:"service"`
		Policy  pd.APIReference `json:"escalation_policy"`
	}
	in := map[string]moved{"incident": {
		Type:    incidentReference,
		Service: pd.APIReference{ID: serviceID, Type: serviceReference},
		Policy:  pd.APIReference{ID: policyID, Type: policyReference},
	}}
	return c.changeOne(ctx, what, id, http.MethodPut, "/incidents/"+id, in)
}

// The longest time that PagerDuty snoozes.
const longestSnooze = 7 * 24 * time.Hour

// Snooze extends an incident's acknowledgement to d, at most 7 days. It
// acknowledges a triggered incident.
func (c *Client) Snooze(ctx context.Context, id string, d time.Duration) error {
	const what = "snoozing"
	if err := c.checkIDs(what, id); err != nil {
		return err
	}
	if d < time.Second || d > longestSnooze {
		return c.problem(what, sources.Rejected, byCode[1013].sentence, nil)
	}
	return c.changeOne(ctx, what, id, http.MethodPost, "/incidents/"+id+"/snooze", map[string]int{"duration": int(d / time.Second)})
}

// Merge moves the alerts of incidents into an open one and resolves them.
func (c *Client) Merge(ctx context.Context, into string, ids ...string) error {
	const what = "merging"
	if err := c.checkIDs(what, append([]string{into}, ids...)...); err != nil {
		return err
	}
	var from []pd.MergeIncidentsOptions
	for _, id := range ids {
		if id != into {
			from = append(from, pd.MergeIncidentsOptions{ID: id, Type: incidentReference})
		}
	}
	if len(from) == 0 {
		return nil
	}
	return c.changeOne(ctx, what, into, http.MethodPut, "/incidents/"+into+"/merge", map[string][]pd.MergeIncidentsOptions{"source_incidents": from})
}

// changeOne sends a write whose answer is an incident.
func (c *Client) changeOne(ctx context.Context, what, id, method, path string, in any) error {
	var answer struct {
		Incident incidentAnswer `json:"incident"`
	}
	if err := c.call(ctx, what, method, path, nil, in, &answer); err != nil {
		return err
	}
	c.answered(ctx, &answer.Incident)
	if string(answer.Incident.ID) != id {
		return c.otherAnswer(what, "the incident")
	}
	return nil
}

// answered stores an incident from the answer to a write, and reports it to the
// writer.
func (c *Client) answered(ctx context.Context, a *incidentAnswer) {
	c.remember(a)
	if a.whole() {
		sources.Answers(ctx, c.incident(a))
	}
}

// AddNote writes a note on an incident.
func (c *Client) AddNote(ctx context.Context, id, content string) (sources.Note, error) {
	const what = "adding a note"
	if err := c.checkIDs(what, id); err != nil {
		return sources.Note{}, err
	}
	if content == "" {
		return sources.Note{}, c.problem(what, sources.Rejected, "the note is empty", nil)
	}
	in := map[string]map[string]string{"note": {"content": content}}
	var answer struct {
		Note noteAnswer `json:"note"`
	}
	if err := c.call(ctx, what, http.MethodPost, "/incidents/"+id+"/notes", nil, in, &answer); err != nil {
		return sources.Note{}, err
	}
	if answer.Note.ID == "" || !sameText(string(answer.Note.Content), content) {
		return sources.Note{}, c.otherAnswer(what, "the note")
	}
	return answer.Note.note(), nil
}

// sameText reports whether two texts are equal except for line ends and
// surrounding blanks, which servers change.
func sameText(a, b string) bool {
	plain := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	return plain(a) == plain(b)
}

// ChangeNote replaces the text of a note.
func (c *Client) ChangeNote(ctx context.Context, id, noteID, content string) error {
	const what = "correcting a note"
	if err := c.checkIDs(what, id, noteID); err != nil {
		return err
	}
	if content == "" {
		return c.problem(what, sources.Rejected, "the note is empty", nil)
	}
	in := map[string]map[string]string{"note": {"content": content}}
	var answer struct {
		Note noteAnswer `json:"note"`
	}
	if err := c.call(ctx, what, http.MethodPut, "/incidents/"+id+"/notes/"+noteID, nil, in, &answer); err != nil {
		return err
	}
	if string(answer.Note.ID) != noteID || !sameText(string(answer.Note.Content), content) {
		return c.otherAnswer(what, "the note")
	}
	return nil
}

// AskResponders asks further users and policies to join an incident. The error
// is MissingAbility when the account's plan does not include it.
func (c *Client) AskResponders(ctx context.Context, id, message string, userIDs, policyIDs []string) error {
	const what = "asking for more responders"
	if err := c.checkIDs(what, slices.Concat([]string{id}, userIDs, policyIDs)...); err != nil {
		return err
	}
	if len(userIDs)+len(policyIDs) == 0 {
		return c.problem(what, sources.Rejected, "there is nobody to ask", nil)
	}
	me, err := c.me(ctx)
	if err != nil {
		return err
	}
	request := pd.ResponderRequestOptions{Message: message, RequesterID: me.ID}
	for _, u := range userIDs {
		request.Targets = append(request.Targets, responder(u, userReference))
	}
	for _, p := range policyIDs {
		request.Targets = append(request.Targets, responder(p, policyReference))
	}
	var answer struct {
		Request struct {
			Incident thing `json:"incident"`
		} `json:"responder_request"`
	}
	if err := c.call(ctx, what, http.MethodPost, "/incidents/"+id+"/responder_requests", nil, request, &answer); err != nil {
		return err
	}
	if answer.Request.Incident.reference().ID != id {
		return c.otherAnswer(what, "the incident")
	}
	return nil
}

func responder(id, kind string) pd.ResponderRequestTargetWrapper {
	return pd.ResponderRequestTargetWrapper{Target: pd.ResponderRequestTarget{APIObject: pd.APIObject{ID: id, Type: kind}}}
}

// me returns the user as whom writes are made.
func (c *Client) me(ctx context.Context) (sources.User, error) {
	if err := c.readMe(ctx); err != nil {
		return sources.User{}, err
	}
	c.catalog.mu.Lock()
	defer c.catalog.mu.Unlock()
	if len(c.catalog.me.items) == 0 {
		return sources.User{}, c.problem("asking who we are", sources.UnknownRequester, c.catalog.me.trouble, nil)
	}
	return c.catalog.me.items[0], nil
}
