package config

// file is the configuration as written. Its types and tags are the only list of
// valid keys: decode, the suggestions for unknown names, the environment
// variables, the schema and the reference in docs/configuration.md all use them.
//
// For the schema and the reference a tag says what else is valid, and a test compares
// it with Load: option "required", or "default" where config.example.toml shows the
// default and not only an example; values are the only words; range is the least and the most
// of a number, which are not valid themselves where it is in parentheses; form is one of
// forms; keys is a pattern for the names of a table of any names; also is how a list of
// tables is written that has one only.
type file struct {
	Me           fileMe             `toml:"me"`
	PagerDuty    []filePagerDuty    `toml:"pagerduty" also:"[pagerduty]"`
	Prometheus   []fileServer       `toml:"prometheus"`
	Alertmanager []fileAlertmanager `toml:"alertmanager"`
	Grafana      []fileGrafana      `toml:"grafana"`
	FirstLine    fileFirstLine      `toml:"first_line"`
	Runbooks     fileRunbooks       `toml:"runbooks"`
	Postmortems  filePostmortems    `toml:"postmortems"`
	Report       fileReport         `toml:"report"`
	Compensation fileCompensation   `toml:"compensation"`
	Readiness    fileReadiness      `toml:"readiness"`
	Labels       fileLabels         `toml:"labels"`
	List         fileList           `toml:"list"`
	Screen       fileScreen         `toml:"screen"`
	Theme        fileTheme          `toml:"theme"`
	Attention    fileAttention      `toml:"attention"`
	Service      []fileService      `toml:"service"`
	Change       []fileChange       `toml:"change"`
	// Keys are the keys of commands by name, and the name of a preset.
	Keys map[string]any `toml:"keys" keys:"commands"`
	// Filters are expressions by name.
	Filters map[string]string `toml:"filters" keys:"^[^\\x00-\\x2f\\x3a-\\x40\\x5b-\\x5e\\x60\\x7b-\\x7f][^\\x00-\\x2c\\x2f\\x3a-\\x40\\x5b-\\x5e\\x60\\x7b-\\x7f]*$"`
}

type fileMe struct {
	Email    string `toml:"email" form:"email"`
	Role     string `toml:"role" option:"default" values:"developer first-line"`
	TimeZone string `toml:"time_zone"`
}

type filePagerDuty struct {
	Name         string   `toml:"name" option:"default"`
	Email        string   `toml:"email" form:"email"`
	URL          string   `toml:"url" option:"default" form:"address"`
	Region       string   `toml:"region" option:"default" values:"us eu"`
	TokenEnv     string   `toml:"token_env" option:"default" form:"variable"`
	TokenKeyring string   `toml:"token_keyring"`
	TokenFile    string   `toml:"token_file"`
	TokenCommand string   `toml:"token_command"`
	TokenType    string   `toml:"token_type" values:"token bearer"`
	Teams        []string `toml:"teams" option:"default"`
	Interval     string   `toml:"interval" option:"default" form:"duration"`
}

type fileServer struct {
	Name     string         `toml:"name"`
	URL      string         `toml:"url" option:"required" form:"address"`
	Interval string         `toml:"interval" option:"default" form:"duration"`
	HTTP     map[string]any `toml:"http"`

	InsecurePlain bool `toml:"insecure_plain" option:"default"`
	MaxAlerts     int  `toml:"max_alerts" option:"default" range:"1..1000000"`
}

type fileAlertmanager struct {
	Name     string            `toml:"name" option:"default"`
	URL      string            `toml:"url" option:"required" form:"address"`
	Interval string            `toml:"interval" option:"default" form:"duration"`
	HTTP     map[string]any    `toml:"http"`
	Labels   map[string]string `toml:"labels"`

	InsecurePlain bool `toml:"insecure_plain" option:"default"`
	MaxAlerts     int  `toml:"max_alerts" option:"default" range:"1..1000000"`
}

// server returns the settings that it shares with a Prometheus.
func (f fileAlertmanager) server() fileServer {
	return fileServer{Name: f.Name, URL: f.URL, Interval: f.Interval, HTTP: f.HTTP, InsecurePlain: f.InsecurePlain, MaxAlerts: f.MaxAlerts}
}

// fileGrafana is a fileServer whose name has another default.
type fileGrafana struct {
	Name     string         `toml:"name" option:"default"`
	URL      string         `toml:"url" option:"required" form:"address"`
	Interval string         `toml:"interval" option:"default" form:"duration"`
	HTTP     map[string]any `toml:"http"`

	InsecurePlain bool `toml:"insecure_plain" option:"default"`
	MaxAlerts     int  `toml:"max_alerts" option:"default" range:"1..1000000"`
}

type fileFirstLine struct {
	Name             string `toml:"name"`
	EscalationPolicy string `toml:"escalation_policy"`
	Service          string `toml:"service"`
}

type fileRunbooks struct {
	// Directories is nil when the file names none; the default applies then.
	Directories []string `toml:"directories"`
	Run         string   `toml:"run" option:"default" values:"ask never"`
	// References is nil when the file names none; the defaults apply then.
	References []string `toml:"references"`
	// Fetch is nil when the file does not set it, which means true.
	Fetch *bool    `toml:"fetch" option:"default"`
	Hosts []string `toml:"hosts"`
	// CacheMB counts only where the file sets it.
	CacheMB int                  `toml:"cache_mb" option:"default" range:"4..10000"`
	Fill    map[string]string    `toml:"fill" keys:"^[A-Za-z_][A-Za-z0-9_]*$"`
	Tokens  map[string]fileToken `toml:"tokens"`
}

// fileAttention has nil where the file sets nothing, which means true.
type fileAttention struct {
	Filter   string `toml:"filter" option:"default"`
	Reading  *bool  `toml:"reading" option:"default"`
	Title    *bool  `toml:"title" option:"default"`
	Bell     *bool  `toml:"bell" option:"default"`
	Terminal string `toml:"terminal" option:"default" values:"auto osc9 osc99 osc777 off"`
	Desktop  string `toml:"desktop" option:"default" values:"auto on off"`
	Quiet    string `toml:"quiet"`
}

type filePostmortems struct {
	Directory string `toml:"directory"`
}

type fileReport struct {
	RunWorkLimit float64 `toml:"run_work_limit" option:"default" range:"1..100"`
	WeekHours    float64 `toml:"week_hours" option:"default" range:"1..168"`
}

type fileCompensation struct {
	Currency             string  `toml:"currency"`
	OnCallHour           float64 `toml:"on_call_hour" range:"0.."`
	Level2Hour           float64 `toml:"level_2_hour" range:"0.."`
	CalledOutHour        float64 `toml:"called_out_hour" range:"0.."`
	OnCallUnit           string  `toml:"on_call_unit" form:"span"`
	CalledOutUnit        string  `toml:"called_out_unit" form:"span"`
	OutsideBusinessHours bool    `toml:"outside_business_hours" option:"default"`
}

// fileReadiness has nil where the file sets nothing, which means the default.
type fileReadiness struct {
	WindowDays *int `toml:"window_days" option:"default" range:"7..180"`
	BackDays   *int `toml:"back_days" option:"default" range:"1..90"`
	AheadDays  *int `toml:"ahead_days" option:"default" range:"1..60"`
	Levels     *int `toml:"levels" option:"default" range:"1..20"`
	People     *int `toml:"people" option:"default" range:"1..20"`

	Interruptions   *float64 `toml:"interruptions" option:"default" range:"0..10000"`
	Sleep           *float64 `toml:"sleep" option:"default" range:"0..10000"`
	Contained       *float64 `toml:"contained" option:"default" range:"0..100"`
	Unexplained     *float64 `toml:"unexplained" option:"default" range:"0..100"`
	NeverActionable *float64 `toml:"never_actionable" option:"default" range:"0..100"`
	Budget          *float64 `toml:"budget" option:"default" range:"0..100"`
}

type fileToken struct {
	TokenEnv     string `toml:"token_env" form:"variable"`
	TokenFile    string `toml:"token_file"`
	TokenCommand string `toml:"token_command"`
}

type fileLabels struct {
	Service []string `toml:"service" option:"default"`
	Team    []string `toml:"team" option:"default"`
	Ignore  []string `toml:"ignore" option:"default"`
	// Heartbeats is nil when the file names none; the defaults apply then.
	Heartbeats []string `toml:"heartbeats" option:"default"`
	// Severity has the meanings of additional severity words.
	Severity map[string]string `toml:"severity" values:"critical error warning info"`
}

type fileList struct {
	Sparkline bool     `toml:"sparkline" option:"default"`
	Columns   []string `toml:"columns" option:"default" values:"severity age service title state who"`
}

type fileScreen struct {
	Mouse bool `toml:"mouse" option:"default"`
	Plain bool `toml:"plain" option:"default"`
	// Split is nil where the file sets none.
	Split *int `toml:"split" range:"20..80"`
}

type fileTheme struct {
	Name       string     `toml:"name" option:"default" values:"standard high-contrast okabe-ito 16-colors none"`
	Background string     `toml:"background" option:"default" values:"auto dark light"`
	ASCII      *bool      `toml:"ascii"`
	Colors     fileColors `toml:"colors"`
}

type fileColors struct {
	Dim      string `toml:"dim" form:"color"`
	Border   string `toml:"border" form:"color"`
	Accent   string `toml:"accent" form:"color"`
	Critical string `toml:"critical" form:"color"`
	Failed   string `toml:"failed" form:"color"`
	Warning  string `toml:"warning" form:"color"`
	Notice   string `toml:"notice" form:"color"`
	Good     string `toml:"good" form:"color"`
	Badge    string `toml:"badge" form:"color"`

	Selected     string `toml:"selected" form:"color"`
	SelectedText string `toml:"selected_text" form:"color"`

	Heading  string `toml:"heading" form:"color"`
	Code     string `toml:"code" form:"color"`
	Link     string `toml:"link" form:"color"`
	Keyword  string `toml:"keyword" form:"color"`
	Variable string `toml:"variable" form:"color"`
	String   string `toml:"string" form:"color"`
	Number   string `toml:"number" form:"color"`

	Lines []string `toml:"lines" form:"color"`
}

type fileService struct {
	Name             string      `toml:"name" option:"required"`
	Team             string      `toml:"team"`
	PagerDuty        string      `toml:"pagerduty"`
	Match            string      `toml:"match"`
	Runbook          string      `toml:"runbook"`
	EscalationPolicy string      `toml:"escalation_policy"`
	Move             bool        `toml:"move" option:"default"`
	DevelopersOnCall string      `toml:"developers_on_call"`
	Outside          string      `toml:"outside" option:"default" values:"first-line high-urgency always"`
	Stage            string      `toml:"stage" option:"default" values:"shadow business-hours full"`
	Graph            []fileGraph `toml:"graph"`
	// SLO is nil when the file sets none.
	SLO *fileSLO `toml:"slo"`
}

type fileSLO struct {
	Objective float64 `toml:"objective" option:"required" range:"(1..100)"`
	Window    string  `toml:"window" option:"required" form:"span"`
	Good      string  `toml:"good"`
	Total     string  `toml:"total"`
	Errors    string  `toml:"errors"`
}

type fileGraph struct {
	Title string `toml:"title" option:"required"`
	Query string `toml:"query" option:"required"`
}

type fileChange struct {
	Title string `toml:"title" option:"required"`
	Query string `toml:"query" option:"required"`
}
