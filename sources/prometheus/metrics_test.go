package prometheus

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"firstline/internal/promapi"
	"firstline/internal/realservers"
	"firstline/sources"
)

// answers is a server that gives one answer.
func answers(t *testing.T, body string) *Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
	t.Cleanup(s.Close)
	return client(t, s.URL)
}

func TestReadAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body                       string
		series, points, histograms int
		missing, failure           string
	}{
		"matrix": {
			body:   `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1.5,"1"],[2.5,"NaN"],[3.5,"+Inf"]]},{"metric":{},"values":[[1,"-Inf"]]}]}}`,
			series: 2, points: 4,
		},
		"vector":          {body: `{"data":{"result":[{"metric":{"a":"b"},"value":[1,"1e+03"]}],"resultType":"vector"},"status":"success"}`, series: 1, points: 1},
		"scalar":          {body: `{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}`, series: 1, points: 1},
		"nothing":         {body: `{"status":"success","data":{"resultType":"vector","result":[]}}`},
		"histogram":       {body: `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1"}]}]}}`, histograms: 1},
		"both kinds":      {body: `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]],"histograms":[[2,{"count":"1"}]]}]}}`, series: 1, points: 1, histograms: 1},
		"warning":         {body: `{"status":"success","warnings":["a store is down"],"data":{"resultType":"vector","result":[]}}`, missing: "the server warns: a store is down"},
		"odd series":      {body: `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]},{"metric":{},"value":[1,2]}]}}`, series: 1, points: 1, missing: "1 series have an unknown form"},
		"a text":          {body: `{"status":"success","data":{"resultType":"string","result":[1,"x"]}}`, failure: "is a text"},
		"refused":         {body: `{"status":"error","errorType":"bad_data","error":"unknown function"}`, failure: "unknown function"},
		"no result":       {body: `{"status":"success","data":{"resultType":"vector"}}`, failure: "form"},
		"null":            {body: `{"status":"success","data":{"resultType":"vector","result":null}}`, failure: "form"},
		"unknown type":    {body: `{"status":"success","data":{"resultType":"tensor","result":[]}}`, failure: "form"},
		"only odd series": {body: `{"status":"success","data":{"resultType":"vector","result":[{"metric":{}}]}}`, failure: "form"},
		"a huge time":     {body: `{"status":"success","data":{"resultType":"scalar","result":[1e300,"2"]}}`, failure: "form"},
		"cut off":         {body: `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"val`, failure: "firstline"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := answers(t, c.body).Query(t.Context(), "x", time.Unix(1, 0))
			if c.failure != "" {
				classified(t, err)
				if err == nil || name != "cut off" && !strings.Contains(err.Error(), c.failure) {
					t.Errorf("%v", err)
				}
				return
			}
			points := 0
			for _, s := range a.Series {
				points += len(s.Points)
			}
			if err != nil || len(a.Series) != c.series || points != c.points || a.Histograms != c.histograms || a.Extent.Missing != c.missing || !a.Extent.Read {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}

// More series than are read are counted.
func TestManySeries(t *testing.T) {
	t.Parallel()
	one := `{"metric":{},"value":[1,"1"]},`
	body := `{"status":"success","data":{"resultType":"vector","result":[` + strings.TrimSuffix(strings.Repeat(one, maxSeries+7), ",") + `]}}`
	a, err := answers(t, body).Query(t.Context(), "x", time.Unix(1, 0))
	if err != nil || len(a.Series) != maxSeries || a.Extent.Missing != "only 5000 of 5007 series are read" {
		t.Errorf("%d series, %q, %v", len(a.Series), a.Extent.Missing, err)
	}
}

func TestMetricsOfRealPrometheus(t *testing.T) {
	t.Parallel()
	s := realservers.StartPrometheus(t, realservers.Options{})
	c := client(t, s.URL)
	now := time.Now()
	a, err := c.Query(t.Context(), `label_replace(vector(1/0),"pod","a","","")`, now)
	if err != nil || len(a.Series) != 1 || a.Series[0].Labels["pod"] != "a" || !math.IsInf(a.Series[0].Points[0].Value, 1) || !a.Extent.Whole() {
		t.Errorf("%+v, %v", a, err)
	}
	r := sources.Range{From: now.Add(-time.Minute), To: now, Step: 15 * time.Second}
	a, err = c.QueryRange(t.Context(), `time()`, r)
	if err != nil || len(a.Series) != 1 || len(a.Series[0].Points) != 5 {
		t.Fatalf("%+v, %v", a, err)
	}
	for i, p := range a.Series[0].Points {
		want := r.From.Add(time.Duration(i) * r.Step)
		if p.At.Sub(want).Abs() > 2*time.Millisecond || math.Abs(p.Value-float64(want.UnixMilli())/1000) > 0.002 {
			t.Errorf("point %d: %+v instead of %v", i, p, want)
		}
	}
	for _, wrong := range []string{"up{", "nosuch()", `"a text"`, "up[5m]"} {
		_, err = c.QueryRange(t.Context(), wrong, r)
		classified(t, err)
		if err == nil {
			t.Errorf("%s: no error", wrong)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1.5,"1"],[2.5,"NaN"]]}]},"warnings":["w"]}`))
	f.Add([]byte(`{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}`))
	f.Add([]byte(`{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]},{"metric":null,"value":[1,"0x1p-2"]}]}}`))
	c := fuzzClient(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		var a answerReader
		if err := a.read(c, "reading", promapi.NewStream(strings.NewReader(string(body)))); err != nil {
			classified(t, err)
			return
		}
		for _, s := range a.answer().Series {
			if len(s.Points) == 0 {
				t.Error("a series without points")
			}
		}
	})
}
