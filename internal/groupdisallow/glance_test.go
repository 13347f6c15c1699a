// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// A plan tells how many devices of each hub are enabled. An apply makes it again, after the plan that people have read
// has used up what the hubs let through: it does without those numbers, and shuts the group within seconds.
func TestGroupDisallow_shutsTheGroupWithoutWaitingForWhatAPlanTells(t *testing.T) {
	t.Parallel()
	b := acctest.NewBridge(t, acctest.Start().Add(-time.Hour))
	p := newPlant(t, 3, acctest.Emulate(func(o *emulator.Options) { o.Now, o.Observe = b.Now, nil }))
	p.InBubble(t, b, func() {
		p.Emulator.SetThrottles(emulator.Throttles{HubQueriesPerMinute: 1})
		o, config, planned := p.planned(nil)
		acctest.MustSay(t, planned.Warnings(), p.Hostname("north")+": 3 registered, 3 enabled",
			p.Hostname("south")+": 1 registered, 1 enabled")
		again := o.MustPlan(config)
		acctest.MustSay(t, again.Warnings(),
			p.Hostname("north")+": 3 registered; the hub has not said within 10s how many of them are enabled",
			p.Hostname("south")+": 1 registered; the hub has not said within 10s how many of them are enabled")
		acctest.MustNotSay(t, again.Warnings(), "unreachable")

		began := time.Now()
		var shut time.Duration
		b.Passed = func(response *http.Response, at time.Time) {
			if request := response.Request; request.Method == http.MethodPut &&
				strings.HasPrefix(request.URL.Path, "/enrollmentGroups/") {
				shut = at.Sub(began)
			}
		}
		o.Apply(planned).MustSucceed(t)
		if shut <= 0 || shut > 11*time.Second {
			t.Errorf("the group was shut after %s", shut)
		}
		p.expect(o.State, map[string]string{
			"access": "blocked", "hubs.north": "3: 3 disabled", "hubs.south": "1: 1 disabled",
		})
	})
	p.mustBeOut()
}
