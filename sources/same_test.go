package sources

import (
	"reflect"
	"testing"
	"time"
)

// fill sets a value and all that it holds to something that is not zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.Type() == reflect.TypeFor[*Value]() {
			v.Set(reflect.ValueOf(NewValue("x")))
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Interface:
		v.Set(reflect.ValueOf("x"))
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Uint64:
		v.SetUint(1)
	default:
		v.SetInt(1)
	}
}

// Each field makes a difference, except for what moves all the time.
func TestSame(t *testing.T) {
	var whole Data
	fill(reflect.ValueOf(&whole).Elem())
	if again := whole; !whole.same(&again) || !again.same(&whole) {
		t.Error("the same data is another")
	}
	var differ func(path string, v reflect.Value, check func() bool)
	differ = func(path string, v reflect.Value, check func() bool) {
		if v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]() {
			for i := range v.NumField() {
				differ(path+"."+v.Type().Field(i).Name, v.Field(i), check)
			}
			return
		}
		before := reflect.New(v.Type()).Elem()
		before.Set(v)
		v.SetZero()
		if same := check(); same != (path == ".Moved" || path == ".Rules.LastEvaluation") {
			t.Errorf("without %s it is the same: %v", path, same)
		}
		v.Set(before)
	}
	changed := whole
	check := func() bool { return whole.same(&changed) && changed.same(&whole) }
	differ("", reflect.ValueOf(&changed).Elem(), check)
	changed.Rules = []Rule{whole.Rules[0]}
	if !check() {
		t.Error("equal rules that were read again are others")
	}
	differ(".Rules", reflect.ValueOf(&changed.Rules[0]).Elem(), check)
	changed = whole
	changed.Alerts = []*Alert{whole.Alerts[0]}
	if check() {
		t.Error("another list of alerts is the same")
	}
}
