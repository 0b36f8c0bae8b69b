package pane

import "testing"

func TestNumbersCanBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"2.9e-01": "0.29", "2.857142857142857e-01": "0.285714", "3e+00": "3", "-8.2e+09": "-8 200 000 000", "1.234e+03": "1234",
		"1.2345e+04": "12 345", "9.999999999e-01": "1", "1.5e+05": "150 000", "0e+00": "0", "1e-06": "0.000001", "-1.25e+06": "-1 250 000",
		"1.5e-09": "1.5e-09", "1e+300": "1e+300", "1e+999": "1e+999", "NaN": "NaN", "+Inf": "+Inf", "0.12": "0.12", "": "", "12e345ab": "12e345ab",
		"123e45": "123e45", "1.2.3e+04": "1.2.3e+04", "five": "five",
	} {
		if got := number(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
