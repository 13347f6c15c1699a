// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"sync"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/dps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Throttles are the rates at which the services begin to answer 429; 0 means no limit.
type Throttles struct {
	DPSOperationsPerMinute    int `json:"dps_operations_per_minute"`
	DPSRegistrationsPerMinute int `json:"dps_registrations_per_minute"`
	HubRegistryPerMinute      int `json:"hub_registry_per_minute"`
	// DPSPollsPerTenSeconds is how often each device may ask how its registration stands.
	DPSPollsPerTenSeconds  int `json:"dps_polls_per_ten_seconds"`
	HubTwinReadsPerSecond  int `json:"hub_twin_reads_per_second"`
	HubTwinWritesPerSecond int `json:"hub_twin_writes_per_second"`
	HubQueriesPerMinute    int `json:"hub_queries_per_minute"`
}

// ServiceThrottles are the limits of a provisioning service and of hubs with one S1 unit
// (azure-docs, iot-dps-limits and iot-hub-devguide-quotas-throttling).
func ServiceThrottles() Throttles {
	return Throttles{
		DPSOperationsPerMinute: 1000, DPSRegistrationsPerMinute: 1000, DPSPollsPerTenSeconds: 5,
		HubRegistryPerMinute: 100, HubTwinReadsPerSecond: 100, HubTwinWritesPerSecond: 50, HubQueriesPerMinute: 20,
	}
}

func (t Throttles) rate(b wire.Bucket) (calls int, per time.Duration) {
	switch b.Sort() {
	case dps.BucketOperations:
		return t.DPSOperationsPerMinute, time.Minute
	case dps.BucketRegistrations:
		return t.DPSRegistrationsPerMinute, time.Minute
	case dps.BucketPolls:
		return t.DPSPollsPerTenSeconds, 10 * time.Second
	case hub.BucketRegistry:
		return t.HubRegistryPerMinute, time.Minute
	case hub.BucketTwinReads:
		return t.HubTwinReadsPerSecond, time.Second
	case hub.BucketTwinWrites:
		return t.HubTwinWritesPerSecond, time.Second
	case hub.BucketQueries:
		return t.HubQueriesPerMinute, time.Minute
	default:
		return 0, 0
	}
}

// throttle counts calls in token buckets, one per host and sort: a full bucket holds
// one period's calls and refills evenly.
type throttle struct {
	now func() time.Time

	mu     sync.Mutex
	limits Throttles
	levels map[throttleKey]level
}

type throttleKey struct {
	host   string
	bucket wire.Bucket
}

// level is how many calls were left at a moment.
type level struct {
	left float64
	at   time.Time
}

// set changes the limits and fills every bucket.
func (t *throttle) set(limits Throttles) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limits, t.levels = limits, map[throttleKey]level{}
}

// wait takes one call; it returns 0 when the call may pass, otherwise how long until one may.
func (t *throttle) wait(host string, b wire.Bucket) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	calls, per := t.limits.rate(b)
	if calls <= 0 {
		return 0
	}
	key, now := throttleKey{host, b}, t.now()
	l, known := t.levels[key]
	if !known {
		l = level{left: float64(calls), at: now}
	}
	interval := float64(per) / float64(calls)
	l.left = min(float64(calls), l.left+float64(now.Sub(l.at))/interval)
	l.at = now
	defer func() { t.levels[key] = l }()
	if l.left < 1 {
		return max(time.Duration((1-l.left)*interval), 1)
	}
	l.left--
	return 0
}
