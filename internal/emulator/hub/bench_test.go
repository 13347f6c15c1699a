// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

const benchDevices = 100_000

// newFullHub has 100,000 devices with keys, tags and desired properties.
func newFullHub(b *testing.B) *testHub {
	b.Helper()
	h := newTestHub(b, Choices{})
	for i := range benchDevices {
		err := h.Provision(wire.Assignment{
			DeviceID: fmt.Sprintf("device-%06d", i), SymmetricKeys: &[2]string{keyOf(32), keyOf(32)},
			Tags:    json.RawMessage(`{"site":"x","floor":` + strconv.Itoa(i%10) + `}`),
			Desired: json.RawMessage(`{"mode":"on","interval":60}`),
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	return h
}

func BenchmarkHubGet(b *testing.B) {
	h := newFullHub(b)
	for i := range b.N {
		h.get(fmt.Sprintf("/devices/device-%06d", i%benchDevices)).want(200)
	}
}

func BenchmarkHubPut(b *testing.B) {
	h := newFullHub(b)
	for i := range b.N {
		id := fmt.Sprintf("device-%06d", i%benchDevices)
		h.send(http.MethodPut, "/devices/"+id, "*", `{"deviceId":"`+id+`","status":"disabled"}`).want(200)
	}
}

func BenchmarkHubCreateAndDelete(b *testing.B) {
	h := newFullHub(b)
	for range b.N {
		h.createMinimal("a")
		h.send(http.MethodDelete, "/devices/a", "*", "").want(204)
	}
}

func BenchmarkHubTwinGet(b *testing.B) {
	h := newFullHub(b)
	for i := range b.N {
		h.get(fmt.Sprintf("/twins/device-%06d", i%benchDevices)).want(200)
	}
}

func BenchmarkHubTwinPatch(b *testing.B) {
	h := newFullHub(b)
	for i := range b.N {
		h.patch(fmt.Sprintf("/twins/device-%06d", i%benchDevices), `{"tags":{"floor":1}}`).want(200)
	}
}

// BenchmarkHubLargeTwin refuses up to 639 kB, many times what a twin may hold: the time of a tag is the same in a twin
// of any size.
func BenchmarkHubLargeTwin(b *testing.B) {
	for _, tags := range []int{580, 5_800, 58_000} {
		b.Run(strconv.Itoa(tags), func(b *testing.B) {
			h := newTestHub(b, Choices{})
			h.createMinimal("a")
			body := manyTags(tags)
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				h.patch("/twins/a", body).want(map[bool]int{true: 200, false: 400}[tags < 1000])
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(tags), "ns/tag")
		})
	}
}

func BenchmarkHubQueryOne(b *testing.B) {
	h := newFullHub(b)
	for i := range b.N {
		h.ask(fmt.Sprintf("SELECT * FROM devices WHERE deviceId = 'device-%06d'", i%benchDevices)).want(200)
	}
}

func BenchmarkHubQueryScan(b *testing.B) {
	h := newFullHub(b)
	for range b.N {
		h.ask("SELECT COUNT() AS n FROM devices WHERE tags.floor = 3 AND status = 'enabled'").want(200)
	}
}

// BenchmarkHubMemory reports the heap that 100,000 devices take.
func BenchmarkHubMemory(b *testing.B) {
	for range b.N {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		h := newFullHub(b)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB")
		runtime.KeepAlive(h)
	}
}
