package rollout

import "testing"

func TestParse(t *testing.T) {
	for text, want := range map[string]Stage{"": Full, "shadow": Shadow, "business-hours": BusinessHours, "full": Full} {
		if got, err := Parse(text); got != want || err != nil {
			t.Errorf("Parse(%q) = %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"Shadow", "business hours", "off", " full"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %q", text, got)
		}
	}
	for _, s := range Stages() {
		if got, err := Parse(string(s)); got != s || err != nil {
			t.Errorf("Parse(%q) = %q, %v", s, got, err)
		}
		if (s.Effect() == "") != (s == Full) {
			t.Errorf("the effect of %s is %q", s, s.Effect())
		}
	}
	if Stage("").OrFull() != Full || Shadow.OrFull() != Shadow {
		t.Error("a service without a stage is in full")
	}
}
