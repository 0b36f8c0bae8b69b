package config

// file is the configuration as written. Its types and tags are the only list of
// valid keys: decode, the suggestions for unknown names, the environment
// variables and the test of config.example.toml all use them.
type file struct {
	Me           fileMe             `toml:"me"`
	PagerDuty    *filePagerDuty     `toml:"pagerduty"`
	Prometheus   []fileServer       `toml:"prometheus"`
	Alertmanager []fileAlertmanager `toml:"alertmanager"`
	FirstLine    fileFirstLine      `toml:"first_line"`
	Runbooks     fileRunbooks       `toml:"runbooks"`
	Postmortems  filePostmortems    `toml:"postmortems"`
	Report       fileReport         `toml:"report"`
	Compensation fileCompensation   `toml:"compensation"`
	Readiness    fileReadiness      `toml:"readiness"`
	Labels       fileLabels         `toml:"labels"`
	List         fileList           `toml:"list"`
	Service      []fileService      `toml:"service"`
	Change       []fileChange       `toml:"change"`
	// Filters are expressions by name.
	Filters map[string]string `toml:"filters"`
}

type fileMe struct {
	Email    string `toml:"email"`
	Role     string `toml:"role"`
	TimeZone string `toml:"time_zone"`
}

type filePagerDuty struct {
	URL          string   `toml:"url"`
	Region       string   `toml:"region"`
	TokenEnv     string   `toml:"token_env"`
	TokenKeyring string   `toml:"token_keyring"`
	TokenFile    string   `toml:"token_file"`
	TokenCommand string   `toml:"token_command"`
	TokenType    string   `toml:"token_type"`
	Teams        []string `toml:"teams"`
	Interval     string   `toml:"interval"`
}

type fileServer struct {
	Name     string         `toml:"name"`
	URL      string         `toml:"url"`
	Interval string         `toml:"interval"`
	HTTP     map[string]any `toml:"http"`

	InsecurePlain bool `toml:"insecure_plain"`
	MaxAlerts     int  `toml:"max_alerts"`
}

type fileAlertmanager struct {
	Name     string            `toml:"name"`
	URL      string            `toml:"url"`
	Interval string            `toml:"interval"`
	HTTP     map[string]any    `toml:"http"`
	Labels   map[string]string `toml:"labels"`

	InsecurePlain bool `toml:"insecure_plain"`
	MaxAlerts     int  `toml:"max_alerts"`
}

// server returns the settings that it shares with a Prometheus.
func (f fileAlertmanager) server() fileServer {
	return fileServer{Name: f.Name, URL: f.URL, Interval: f.Interval, HTTP: f.HTTP, InsecurePlain: f.InsecurePlain, MaxAlerts: f.MaxAlerts}
}

type fileFirstLine struct {
	Name             string `toml:"name"`
	EscalationPolicy string `toml:"escalation_policy"`
	Service          string `toml:"service"`
}

type fileRunbooks struct {
	// Directories is nil when the file names none; the default applies then.
	Directories []string `toml:"directories"`
	Run         string   `toml:"run"`
	// References is nil when the file names none; the defaults apply then.
	References []string `toml:"references"`
	// Fetch is nil when the file does not set it, which means true.
	Fetch *bool    `toml:"fetch"`
	Hosts []string `toml:"hosts"`
	// CacheMB counts only where the file sets it.
	CacheMB int                  `toml:"cache_mb"`
	Fill    map[string]string    `toml:"fill"`
	Tokens  map[string]fileToken `toml:"tokens"`
}

type filePostmortems struct {
	Directory string `toml:"directory"`
}

type fileReport struct {
	RunWorkLimit float64 `toml:"run_work_limit"`
	WeekHours    float64 `toml:"week_hours"`
}

type fileCompensation struct {
	Currency             string  `toml:"currency"`
	OnCallHour           float64 `toml:"on_call_hour"`
	Level2Hour           float64 `toml:"level_2_hour"`
	CalledOutHour        float64 `toml:"called_out_hour"`
	OnCallUnit           string  `toml:"on_call_unit"`
	CalledOutUnit        string  `toml:"called_out_unit"`
	OutsideBusinessHours bool    `toml:"outside_business_hours"`
}

// fileReadiness has nil where the file sets nothing, which means the default.
type fileReadiness struct {
	WindowDays *int `toml:"window_days"`
	BackDays   *int `toml:"back_days"`
	AheadDays  *int `toml:"ahead_days"`
	Levels     *int `toml:"levels"`
	People     *int `toml:"people"`

	Interruptions   *float64 `toml:"interruptions"`
	Sleep           *float64 `toml:"sleep"`
	Contained       *float64 `toml:"contained"`
	Unexplained     *float64 `toml:"unexplained"`
	NeverActionable *float64 `toml:"never_actionable"`
	Budget          *float64 `toml:"budget"`
}

type fileToken struct {
	TokenEnv     string `toml:"token_env"`
	TokenFile    string `toml:"token_file"`
	TokenCommand string `toml:"token_command"`
}

type fileLabels struct {
	Service []string `toml:"service"`
	Team    []string `toml:"team"`
	Ignore  []string `toml:"ignore"`
	// Heartbeats is nil when the file names none; the defaults apply then.
	Heartbeats []string `toml:"heartbeats"`
	// Severity has the meanings of additional severity words.
	Severity map[string]string `toml:"severity"`
}

type fileList struct {
	Sparkline bool `toml:"sparkline"`
}

type fileService struct {
	Name             string      `toml:"name"`
	Team             string      `toml:"team"`
	PagerDuty        string      `toml:"pagerduty"`
	Match            string      `toml:"match"`
	Runbook          string      `toml:"runbook"`
	EscalationPolicy string      `toml:"escalation_policy"`
	Move             bool        `toml:"move"`
	DevelopersOnCall string      `toml:"developers_on_call"`
	Outside          string      `toml:"outside"`
	Stage            string      `toml:"stage"`
	Graph            []fileGraph `toml:"graph"`
	// SLO is nil when the file sets none.
	SLO *fileSLO `toml:"slo"`
}

type fileSLO struct {
	Objective float64 `toml:"objective"`
	Window    string  `toml:"window"`
	Good      string  `toml:"good"`
	Total     string  `toml:"total"`
	Errors    string  `toml:"errors"`
}

type fileGraph struct {
	Title string `toml:"title"`
	Query string `toml:"query"`
}

type fileChange struct {
	Title string `toml:"title"`
	Query string `toml:"query"`
}
