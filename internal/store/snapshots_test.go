package store

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"firstline/sources"
)

// TestSnapshotRestoresEveryField: every field that a source fills in is
// restored at the next start.
func TestSnapshotRestoresEveryField(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "state.sqlite"))
	source := sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}
	var want sources.Data
	fill(reflect.ValueOf(&want).Elem(), "Data")
	for name, details := range map[string]any{
		"nothing": nil, "a text": "Labels:\n - a = b", "a list": []any{nil, 1.5, "x", true}, "empty": map[string]any{},
		"an object": map[string]any{"firing": "x", "none": nil, "more": map[string]any{"list": []any{map[string]any{"a": nil}}}},
	} {
		want.Incidents[0].Alerts[0].Details = details
		if err := s.SaveSnapshot(t.Context(), sources.Snapshot{Source: source, AsOf: time.Now(), Data: want}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(want.Incidents[0].Alerts[0].Details, details) {
			t.Errorf("%s: saving changed the data itself", name)
		}
		got, ok, err := s.Snapshot(t.Context(), source)
		if err != nil || !ok || !reflect.DeepEqual(got.Data, want) {
			t.Errorf("%s: %v, %v\ngot  %+v\nwant %+v", name, ok, err, got.Data, want)
		}
	}
}

// fill sets every settable field to a value other than zero.
func fill(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(name)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(len(name)))
	case reflect.Uint64:
		v.SetUint(uint64(len(name)))
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Pointer:
		if _, is := v.Interface().(*sources.Value); is {
			v.Set(reflect.ValueOf(sources.NewValue(name)))
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), name)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, name)
		fill(value, name)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		if _, is := v.Interface().(time.Time); is {
			v.Set(reflect.ValueOf(time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), v.Type().Field(i).Name)
		}
	case reflect.Interface: // custom details
	default:
		panic("what is a " + v.Kind().String() + "?")
	}
}

func TestSnapshotThatIsDamaged(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "state.sqlite"))
	source := sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}
	whole, err := pack(sources.Data{Incidents: []sources.Incident{{ID: "Q1", Alerts: []sources.IncidentAlert{{Details: "x"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{nil, []byte("{}"), whole[:len(whole)/2]} {
		if _, err := s.db.ExecContext(t.Context(), `INSERT OR REPLACE INTO snapshots (kind, name, as_of, data) VALUES (?, ?, ?, ?)`,
			string(source.Kind), source.Name, formatTime(time.Now()), append([]byte{}, damaged...)); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := s.Snapshot(t.Context(), source); err == nil || ok || len(got.Data.Incidents) > 0 {
			t.Errorf("%q was read as %+v, %v, %v", damaged, got, ok, err)
		}
	}
}
