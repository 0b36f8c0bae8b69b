package escalation

import "time"

// Sentences name a zone in which this machine's clock shows another time.
func init() { time.Local = time.UTC }
