package report

// Unit is what a number counts.
type Unit string

// The units.
const (
	Count    Unit = "count"
	Seconds  Unit = "seconds"
	Share    Unit = "share"
	DayCount Unit = "nights"
)

// Figure is one figure of a report.
type Figure struct {
	// ID is its name in JSON and on the command line.
	ID    string
	Title string
	Unit  Unit
	// Definition says exactly what it is.
	Definition string

	kind  kind
	of    func(c *computation, facts []*Fact) (number float64, unknown string)
	needs need
	// noPerson: it is of incidents, and means nothing for one person; onlyTotal: it
	// compares people; notOfIncidents: it means nothing for a team or service, hour;
	// noHour: it means nothing for an hour.
	noPerson, onlyTotal, notOfIncidents, noHour bool
}

// need is what a figure needs besides the log.
type need uint8

const (
	needZones need = 1 << iota
	needOnCalls
	needFirstLine
	needHours
)

// The interruptions, on which others build.
const interruptionText = "An interruption is one incident bothering one person once, however many push, SMS and phone notifications it took. E-mail alone does not count. It counts at the time of its first notification."

var figures = []Figure{
	{ID: "interruptions", Title: "interruptions", Unit: Count, kind: interruption, of: number, Definition: interruptionText},
	{ID: "incidents", Title: "incidents", Unit: Count, kind: touched, of: distinctIncidents, Definition: "The distinct incidents that began in the time, or that somebody was assigned to, was notified of or acted on in it. Of a person: those that the person was assigned to, was notified of or acted on."},
	{ID: "business", Title: "in business hours", Unit: Count, kind: interruption, of: inHours(business), needs: needZones, Definition: "Interruptions from 8:00 to 18:00 on Monday to Friday, in the time zone of the person."},
	{ID: "off", Title: "in off hours", Unit: Count, kind: interruption, of: inHours(off), needs: needZones, Definition: "Interruptions from 18:00 to 22:00 on Monday to Friday, and from 8:00 to 22:00 on Saturday and Sunday, in the time zone of the person."},
	{ID: "sleep", Title: "in sleep hours", Unit: Count, kind: interruption, of: inHours(sleep), needs: needZones, Definition: "Interruptions from 22:00 to 8:00 on any day, in the time zone of the person."},
	{ID: "nights", Title: "nights interrupted", Unit: DayCount, kind: notification, of: nights, needs: needZones, noHour: true, Definition: "Nights of a person, from 22:00 to 8:00 in their time zone, with at least one notification other than e-mail. All people's nights are added."},
	{ID: "nights_in_row", Title: "most nights in a row", Unit: DayCount, kind: notification, of: nightsInRow, needs: needZones, noHour: true, Definition: "The most interrupted nights of one person that followed each other."},
	{ID: "busy_shifts", Title: "shifts above the limit", Unit: Count, kind: interruption, of: busyShifts, needs: needZones, noHour: true, Definition: "Shifts of a person with more interruptions than the limit (2 unless --shift-limit says otherwise). A shift is 12 hours, from 8:00 or 20:00 in the time zone of the person."},
	{ID: "most_in_shift", Title: "most in one shift", Unit: Count, kind: interruption, of: mostInShift, needs: needZones, noHour: true, Definition: "The most interruptions of one person in one shift of 12 hours, from 8:00 or 20:00 in their time zone."},
	{ID: "person_ack_p50", Title: "a person acknowledges, p50", Unit: Seconds, kind: personAck, of: percentile(50), Definition: "From the first assignment of an incident to a person to that person's own acknowledgement after it; half of them took at most this long. Reassigning, resolving and escalating are no acknowledgement. An acknowledgement of somebody who was not assigned does not count."},
	{ID: "person_ack_p90", Title: "a person acknowledges, p90", Unit: Seconds, kind: personAck, of: percentile(90), Definition: "As p50; nine of ten took at most this long."},
	{ID: "ack_p50", Title: "acknowledged, p50", Unit: Seconds, kind: ack, of: percentile(50), noPerson: true, Definition: "From the start of an incident to its first acknowledgement by a person; half of them took at most this long."},
	{ID: "ack_p90", Title: "acknowledged, p90", Unit: Seconds, kind: ack, of: percentile(90), noPerson: true, Definition: "As p50; nine of ten took at most this long."},
	{ID: "resolve_p50", Title: "resolved, p50", Unit: Seconds, kind: resolved, of: percentile(50), noPerson: true, Definition: "From the start of an incident to its last resolution; half of them took at most this long. Open and merged incidents do not count."},
	{ID: "resolve_p90", Title: "resolved, p90", Unit: Seconds, kind: resolved, of: percentile(90), noPerson: true, Definition: "As p50; nine of ten took at most this long."},
	{ID: "engaged", Title: "engaged time", Unit: Seconds, kind: engaged, of: sum, Definition: "For each incident and person the time from acknowledging to the next resolution, or to the end of the time or of what was read, where it was not resolved. The time in which it was snoozed is included. Requests to join that were accepted are not in PagerDuty's log and do not count."},
	{ID: "run_work", Title: "most run work in a week", Unit: Share, kind: weekWork, of: mostRunWork, noHour: true, Definition: "The largest part of a person's working week that was engaged time, in a week from Monday in the time zone of the report. A working week has 40 hours unless week_hours under [report] says otherwise. A minute with several incidents counts once, and a week that is only partly in the time is compared with a whole one."},
	{ID: "run_work_weeks", Title: "weeks above run work limit", Unit: Count, kind: weekWork, of: weeksAbove, noHour: true, Definition: "Weeks of a person in which engaged time took more of the working week than the limit: 20 % unless run_work_limit under [report] says otherwise. All people's weeks are added."},
	{ID: "contained", Title: "contained by first line", Unit: Share, kind: contained, of: share, needs: needOnCalls | needFirstLine, noPerson: true, Definition: "Of the resolved incidents that first line was assigned to, the share in which nobody else was assigned, acknowledged or resolved it. First line is who was on call for its escalation policy at that time."},
	{ID: "to_owner", Title: "escalated to owners", Unit: Count, kind: toOwner, of: count, needs: needOnCalls | needFirstLine, noPerson: true, Definition: "How often an incident went from first line to others, by a person or by a time-out. First line is who was on call for its escalation policy at that time."},
	{ID: "to_first_line", Title: "escalated to first line", Unit: Count, kind: toFirstLine, of: count, needs: needOnCalls | needFirstLine, noPerson: true, Definition: "How often an incident went from others to first line."},
	{ID: "returned", Title: "escalations returned", Unit: Count, kind: returned, of: count, needs: needOnCalls | needFirstLine, noPerson: true, Definition: "How often an incident went back to the side, first line or others, from which it was escalated before."},
	{ID: "exceptions", Title: "outside coverage hours", Unit: Count, kind: exception, of: count, needs: needOnCalls | needFirstLine | needHours, noPerson: true, Definition: "Escalations from first line to others outside the hours that the service's developers_on_call gives. Services without hours do not count. --list says by whom, and the note that the same person wrote within 5 minutes."},
	{ID: "flapping", Title: "flapping alerts", Unit: Count, kind: flapping, of: distinctAlerts, noPerson: true, Definition: "Alerts (a service and the name of the alert, or the title where that was not recorded) with three or more incidents that began within an hour."},
	{ID: "never_actionable", Title: "alerts nobody acts on", Unit: Count, kind: idle, of: distinctAlerts, noPerson: true, Definition: "Alerts with at least two incidents that began in the time, and each of them ended without a person: resolved by the integration or a time-out, never acknowledged, assigned, escalated, snoozed, merged or noted by anybody."},
	{ID: "no_runbook", Title: "without a runbook", Unit: Count, kind: noRunbook, of: count, Definition: "Interruptions by incidents whose first alert was recorded and refers to no runbook."},
	{ID: "on_call_1", Title: "on call, level 1", Unit: Seconds, kind: onCall1, of: sum, needs: needOnCalls, notOfIncidents: true, Definition: "The time in which a person was on call at level 1 of any escalation policy, each minute once. With --team or --service: of the policies of their incidents."},
	{ID: "on_call_2", Title: "on call, levels 2+", Unit: Seconds, kind: onCall2, of: sum, needs: needOnCalls, notOfIncidents: true, Definition: "The time in which a person was on call at level 2 or above of any escalation policy, each minute once, level 1 or not."},
	{ID: "top_share", Title: "largest share", Unit: Share, kind: interruption, of: topShare, onlyTotal: true, Definition: "The share of all interruptions that the person with the most had. Equal shares are one divided by the people who were interrupted or on call."},
}

// Figures returns all figures in the order of Row.Values.
func Figures() []Figure { return figures }

// kind is a kind of fact.
type kind int

const (
	interruption kind = iota
	notification
	touched
	personAck
	ack
	resolved
	engaged
	weekWork
	contained
	toOwner
	toFirstLine
	returned
	exception
	flapping
	idle
	noRunbook
	onCall1
	onCall2
	// What was not recorded: how somebody was notified, what an alert sent, who was
	// on call.
	unknownWay
	unknownDetails
	unknownSide
	kinds
)
