// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package query_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/query"
)

// record is a JSON object as a record.
type record map[string]any

func (r record) Lookup(path []string) (any, bool) {
	v, ok := r[path[0]]
	if !ok || len(path) == 1 {
		return v, ok
	}
	inner, isObject := v.(map[string]any)
	if !isObject {
		return nil, false
	}
	return record(inner).Lookup(path[1:])
}

func sample() record {
	return record{
		"deviceId": "dev1", "status": "enabled", "version": int64(7), "count": 3, "statusReason": "it's \"so\"",
		"parentScopes": []string{"a", "b"},
		"tags": map[string]any{
			"site": "x", "floor": json.Number("3"), "big": json.Number("1e2"), "on": true, "none": nil,
			"list": []any{json.Number("1"), "two", nil}, "inner": map[string]any{"where": "deep", "ß": "ü"},
		},
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for where, want := range map[string]bool{
		`deviceId = 'dev1'`:                           true,
		`deviceId = "dev1"`:                           true,
		`devices.deviceId = 'dev1'`:                   true,
		`devices.tags.floor = 3`:                      true,
		`deviceId='dev1'`:                             true,
		`'dev1' = deviceId`:                           true,
		`deviceId = 'DEV1'`:                           false,
		`deviceId != 'dev2'`:                          true,
		`deviceId <> 'dev1'`:                          false,
		`tags.floor = 3`:                              true,
		`tags.floor = 3.0`:                            true,
		`tags.floor != -3`:                            true,
		`tags.floor > 2.5 AND tags.floor < 4`:         true,
		`tags.floor >= 3 and tags.floor <= 3`:         true,
		`tags.floor > 3`:                              false,
		`tags.floor < 3`:                              false,
		`tags.big = 100`:                              true,
		`tags.big = 1e+2`:                             true,
		`version = 7 AND count = 3`:                   true,
		`tags.floor = '3'`:                            false,
		`tags.floor > '2'`:                            false,
		`tags.on = true`:                              true,
		`tags.on = TRUE`:                              true,
		`tags.on != false`:                            true,
		`tags.on`:                                     true,
		`NOT tags.on`:                                 false,
		`tags.site > 'w' AND tags.site < 'y'`:         true,
		`tags.none = null`:                            true,
		`tags.site != null`:                           true,
		`tags.site = null`:                            false,
		`tags.gone = null`:                            false,
		`tags.gone != 'x'`:                            false,
		`NOT tags.gone = 'x'`:                         false,
		`tags.gone = 'x' OR tags.site = 'x'`:          true,
		`NOT (tags.gone = 'x' AND tags.site = 'y')`:   true,
		`NOT (tags.gone = 'x' OR tags.site = 'y')`:    false,
		`NOT NOT tags.site = 'x'`:                     true,
		`tags.site = 'x' OR tags.site = 'y' AND 1=2`:  true,
		`(tags.site = 'x' OR tags.on) AND 1=2`:        false,
		`tags.site IN ['x','y']`:                      true,
		`tags.site in ('y', 'x')`:                     true,
		`tags.site IN ['y']`:                          false,
		`tags.site NIN ['y']`:                         true,
		`tags.site nin ['x']`:                         false,
		`tags.gone NIN ['x']`:                         false,
		`tags.floor IN [1, 3]`:                        true,
		`STARTSWITH(deviceId, 'dev')`:                 true,
		`startswith(deviceId, 'ev')`:                  false,
		`ENDSWITH(deviceId, '1')`:                     true,
		`EndsWith(deviceId, '2')`:                     false,
		`CONTAINS(deviceId, 'ev')`:                    true,
		`STARTSWITH(tags.gone, 'x')`:                  false,
		`NOT STARTSWITH(tags.gone, 'x')`:              false,
		`STARTSWITH(tags.floor, '3')`:                 false,
		`NOT STARTSWITH(deviceId, 'x')`:               true,
		`IS_DEFINED(tags.site)`:                       true,
		`IS_DEFINED(tags.none)`:                       true,
		`IS_DEFINED(tags.gone)`:                       false,
		`NOT IS_DEFINED(tags.gone)`:                   true,
		`IS_DEFINED(tags.gone) = false`:               true,
		`IS_NULL(tags.none)`:                          true,
		`IS_NULL(tags.site)`:                          false,
		`IS_NULL(tags.gone)`:                          false,
		`IS_STRING(tags.site)`:                        true,
		`IS_NUMBER(tags.floor)`:                       true,
		`IS_BOOL(tags.on)`:                            true,
		`IS_ARRAY(tags.list)`:                         true,
		`IS_OBJECT(tags.inner)`:                       true,
		`IS_OBJECT(tags.list)`:                        false,
		`IS_STRING(tags.gone)`:                        false,
		`ARRAY_CONTAINS(parentScopes, 'b')`:           true,
		`array_contains(parentScopes, 'c')`:           false,
		`array_contains(tags.list, 1)`:                true,
		`array_contains(tags.list, null)`:             true,
		`array_contains(tags.site, 'x')`:              false,
		`tags.inner.[[where]] = 'deep'`:               true,
		`[[tags]].inner.ß = 'ü'`:                      true,
		`statusReason = 'it''s "so"'`:                 true,
		`statusReason = 'it\'s "so"'`:                 true,
		`statusReason = "it's ""so"""`:                true,
		`statusReason = "it's \"so\""`:                true,
		`deviceId = 'a\b'`:                            false,
		`tags.inner = tags.inner`:                     false,
		`tags.site.deeper = 'x'`:                      false,
		"\tdeviceId\r\n=\n'dev1' ":                    true,
		`(((deviceId = 'dev1')))`:                     true,
		`tags.floor IN [tags.floor]`:                  true,
		`.5 < 1 AND 1. > .5 AND -1 < +1`:              true,
		`deviceId = 'dev1' AND (status = 'disabled')`: false,
	} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			q, err := query.Parse("SELECT * FROM devices WHERE " + where)
			if err != nil {
				t.Fatal(err)
			}
			if got := q.Matches(sample()); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestParse_readsWhatIsSelected(t *testing.T) {
	t.Parallel()
	column := func(name string, path ...string) query.Column { return query.Column{Path: path, Name: name} }
	for text, want := range map[string]query.Query{
		"SELECT * FROM devices":              {},
		"select * from DEVICES":              {},
		"SELECT * FROM devices.modules":      {Source: query.Modules},
		"SELECT TOP 5 * FROM devices":        {Top: 5},
		"SELECT COUNT() FROM devices":        {Columns: []query.Column{{Name: "count", Aggregate: "count"}}},
		"SELECT COUNT(*) AS n FROM devices":  {Columns: []query.Column{{Name: "n", Aggregate: "count"}}},
		"SELECT devices.status FROM devices": {Columns: []query.Column{column("status", "status")}},
		"SELECT status, AVG(tags.x) AS mean FROM devices GROUP BY devices.status": {
			Columns: []query.Column{column("status", "status"), {Path: []string{"tags", "x"}, Name: "mean", Aggregate: "avg"}},
			GroupBy: [][]string{{"status"}},
		},
		"SELECT deviceId FROM devices": {Columns: []query.Column{column("deviceId", "deviceId")}},
		"SELECT tags.a.b FROM devices": {Columns: []query.Column{column("b", "tags", "a", "b")}},
		"SELECT deviceId AS id, status FROM devices.modules": {
			Source: query.Modules, Columns: []query.Column{column("id", "deviceId"), column("status", "status")},
		},
		"SELECT properties.desired.$version FROM devices": {
			Columns: []query.Column{column("$version", "properties", "desired", "$version")},
		},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := query.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*got, want) {
				t.Errorf("got %+v, want %+v", *got, want)
			}
			if all := len(want.Columns) == 0; got.All() != all {
				t.Errorf("All is %v", got.All())
			}
		})
	}
}

func TestParse_ofAWrongQuery_saysWhere(t *testing.T) {
	t.Parallel()
	for text, position := range map[string]int{
		"":                                0,
		"   ":                             3,
		"DELETE FROM devices":             0,
		"SELECT":                          6,
		"SELECT FROM devices":             7,
		"SELECT *":                        8,
		"SELECT * devices":                9,
		"SELECT * FROM":                   13,
		"SELECT * FROM devices,":          21,
		"SELECT * FROM devices d":         22,
		"SELECT deviceId, FROM devices":   17,
		"SELECT deviceId AS FROM devices": 19,
		"SELECT TOP x * FROM devices":     11,
		"SELECT TOP -1 * FROM devices":    11,
		"SELECT COUNT( FROM devices":      14,
		"SELECT COUNT() AS n, status FROM devices":                40,
		"SELECT status, deviceId FROM devices GROUP BY status":    37,
		"SELECT * FROM devices GROUP BY status":                   22,
		"SELECT status FROM devices GROUP status":                 33,
		"SELECT SUM() FROM devices":                               11,
		"SELECT * FROM devices WHERE":                             27,
		"SELECT * FROM devices WHERE a =":                         31,
		"SELECT * FROM devices WHERE a = 'x":                      32,
		"SELECT * FROM devices WHERE a == 1":                      31,
		"SELECT * FROM devices WHERE = 1":                         28,
		"SELECT * FROM devices WHERE (a = 1":                      34,
		"SELECT * FROM devices WHERE a = 1)":                      33,
		"SELECT * FROM devices WHERE a IN []":                     34,
		"SELECT * FROM devices WHERE a IN [1":                     35,
		"SELECT * FROM devices WHERE a IN 1":                      33,
		"SELECT * FROM devices WHERE a AND":                       33,
		"SELECT * FROM devices WHERE a = 1 b":                     34,
		"SELECT * FROM devices WHERE a. = 1":                      31,
		"SELECT * FROM devices WHERE a = 1.2.3":                   32,
		"SELECT * FROM devices WHERE a = 1e":                      32,
		"SELECT * FROM devices WHERE a ; b":                       30,
		"SELECT * FROM devices WHERE [[a = 1":                     28,
		"SELECT * FROM devices WHERE [[]] = 1":                    28,
		"SELECT * FROM devices WHERE startswith(a)":               28,
		"SELECT * FROM devices WHERE startswith(a, 'b'":           45,
		"SELECT * FROM devices WHERE is_defined()":                28,
		"SELECT * FROM devices WHERE is_defined(a b)":             41,
		"SELECT * FROM devices WHERE " + strings.Repeat("(", 500): 228,
		strings.Repeat("x", 8193):                                 0,
	} {
		t.Run(text[:min(len(text), 60)], func(t *testing.T) {
			t.Parallel()
			_, err := query.Parse(text)
			var syntax *query.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("error %v, want a syntax error", err)
			}
			if syntax.Position != position {
				t.Errorf("%v, want position %d", err, position)
			}
			if syntax.Problem == "" || strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("error text %q", err)
			}
		})
	}
}

func TestParse_ofWhatIsNotModelled_saysSo(t *testing.T) {
	t.Parallel()
	for text, feature := range map[string]string{
		"SELECT * FROM devices ORDER BY deviceId":           "ORDER BY",
		"SELECT DISTINCT status FROM devices":               "SELECT DISTINCT",
		"SELECT VALUE status FROM devices":                  "SELECT VALUE",
		"SELECT LOWER(tags.x) FROM devices":                 "the function LOWER in SELECT",
		"SELECT * FROM devices.jobs":                        "the collection devices.jobs",
		"SELECT * FROM other":                               "the collection other",
		"SELECT * FROM devices WHERE lower(deviceId) = 'x'": "the function LOWER",
		"SELECT * FROM devices WHERE 'x' = lower(deviceId)": "the function LOWER as an operand",
		"SELECT * FROM devices WHERE a + 1 = 2":             "arithmetic",
		"SELECT * FROM devices WHERE a -1 = 2":              "arithmetic",
		"SELECT * FROM devices WHERE a = 2 * 3":             "arithmetic",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := query.Parse(text)
			var unsupported *query.UnsupportedError
			if !errors.As(err, &unsupported) {
				t.Fatalf("error %v, want unsupported", err)
			}
			if unsupported.Feature != feature {
				t.Errorf("feature %q, want %q", unsupported.Feature, feature)
			}
		})
	}
}

func TestWanted_findsTheTextThatAFieldMustEqual(t *testing.T) {
	t.Parallel()
	for where, want := range map[string]string{
		`deviceId = 'a'`:                        "a",
		`deviceid = 'a' AND tags.x = 1`:         "a",
		`tags.x = 1 AND (deviceId = 'a')`:       "a",
		`deviceId = 'a' OR tags.x = 1`:          "",
		`NOT deviceId = 'a'`:                    "",
		`deviceId != 'a'`:                       "",
		`deviceId = tags.x`:                     "",
		`deviceId = 5`:                          "",
		`tags.deviceId = 'a'`:                   "",
		`deviceId = 'a' AND moduleId = 'b'`:     "a",
		`startswith(deviceId, 'a') AND x = 'b'`: "",
	} {
		q, err := query.Parse("SELECT * FROM devices WHERE " + where)
		if err != nil {
			t.Fatal(err)
		}
		got, found := q.Wanted("deviceId")
		if got != want || found != (want != "") {
			t.Errorf("%s wants %q, %v", where, got, found)
		}
	}
	q, err := query.Parse("SELECT * FROM devices")
	if err != nil {
		t.Fatal(err)
	}
	if _, found := q.Wanted("deviceId"); found || !q.Matches(sample()) {
		t.Error("a query without condition does not take everything")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"SELECT * FROM devices", "SELECT TOP 3 deviceId AS [[from]] FROM devices.modules WHERE NOT a.b NIN ['x', -1.5e3]",
		`SELECT COUNT() FROM devices WHERE (is_defined(tags.x) OR startswith(deviceId, 'a''b\'c')) AND tags.on`,
		"SELECT * FROM devices WHERE a = 1 GROUP BY b", "SELECT a.b.c FROM devices WHERE array_contains(parentScopes, null)",
		"[[", "'", "\\", "((((((", "1e", "-", "SELECT * FROM devices WHERE \xff = 'x'", "NOT NOT NOT",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := query.Parse(text)
		if err != nil {
			var syntax *query.SyntaxError
			var unsupported *query.UnsupportedError
			if !errors.As(err, &syntax) && !errors.As(err, &unsupported) {
				t.Fatalf("error of type %T", err)
			}
			if syntax != nil && (syntax.Position < 0 || syntax.Position > len(text)) {
				t.Fatalf("position %d of %d", syntax.Position, len(text))
			}
			if strings.ContainsAny(err.Error(), "\r\n") {
				t.Fatalf("error %q has a line break", err)
			}
			return
		}
		q.Matches(sample())
		q.Matches(record{})
		q.Wanted("deviceId")
		if q.All() == (len(q.Columns) > 0) {
			t.Fatal("a query selects everything and something")
		}
	})
}
