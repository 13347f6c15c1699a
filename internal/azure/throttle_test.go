// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// load is work of many calls on the services as the emulator throttles them.
type load struct {
	limits emulator.Throttles
	calls  int
	// full is what a full bucket holds, and period in how long that many calls come into it.
	full   int
	period time.Duration
	call   func(ctx context.Context, s *azure.Services, i int) error
}

func getTwin(ctx context.Context, s *azure.Services, _ int) error {
	hub, err := s.Hub("", azure.HubNamed)
	if err == nil {
		_, err = hub.GetTwin(ctx, "nobody")
	}
	if azrest.IsNotFound(err) {
		return nil
	}
	return err
}

func createIdentity(ctx context.Context, s *azure.Services, i int) error {
	hub, err := s.Hub("", azure.HubNamed)
	if err == nil {
		_, err = hub.PutDevice(ctx, aziothub.Device{DeviceID: fmt.Sprint("sensor-", i)}, nil)
	}
	return err
}

func createEntry(ctx context.Context, s *azure.Services, i int) error {
	dps, err := s.DPS("")
	if err == nil {
		_, err = dps.PutIndividualEnrollment(ctx, azdps.IndividualEnrollment{
			RegistrationID: fmt.Sprint("sensor-", i),
			Enrollment: azdps.Enrollment{
				Attestation: azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}},
			},
		}, nil)
	}
	return err
}

// Ten calls at a time, as Terraform makes them, take what the services' buckets dictate and little more.
func TestThrottles_costLittleMoreTimeAndCallsThanTheyDictate(t *testing.T) {
	t.Parallel()
	const minute = time.Minute
	for name, l := range map[string]load{
		"2,000 twins": {emulator.ServiceThrottles(), 2000, 100, time.Second, getTwin},
		"600 creates at 300 a minute": {
			emulator.Throttles{DPSOperationsPerMinute: 300}, 600, 300, minute, createEntry,
		},
		"250 identities":   {emulator.ServiceThrottles(), 250, 100, minute, createIdentity},
		"1,000 identities": {emulator.ServiceThrottles(), 1000, 100, minute, createIdentity},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := acctest.Start()
			b := acctest.NewBridge(t, start)
			w := acctest.NewWorld(t, acctest.Emulate(func(o *emulator.Options) { o.Now = b.Now }))
			w.Emulator.SetThrottles(l.limits)
			w.InBubble(t, b, func() {
				services, began := servicesOf(w, b), time.Now()
				inParallel(w.T, l, services)
				took, least := time.Since(began), time.Duration(l.calls-l.full)*l.period/time.Duration(l.full)
				refused := 0
				for _, exchange := range w.Emulator.Journal() {
					if exchange.Status == http.StatusTooManyRequests {
						refused++
					}
				}
				t.Logf("%.3f of the least time, %d calls refused", float64(took)/float64(least), refused)
				if took > least*105/100 || refused*100 >= 3*(l.calls+refused) {
					t.Errorf("%s of at least %s; %d of %d calls were refused", took, least, refused, l.calls+refused)
				}
			})
		})
	}
}

func inParallel(t testing.TB, l load, services *azure.Services) {
	t.Helper()
	todo := make(chan int, l.calls)
	for i := range l.calls {
		todo <- i
	}
	close(todo)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			for i := range todo {
				if err := l.call(t.Context(), services, i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// servicesOf are the services of the world, as a provider in a bubble calls them.
func servicesOf(w *acctest.World, b *acctest.Bridge) *azure.Services {
	w.T.Helper()
	parse := func(text string) sas.ConnectionString {
		cs, err := sas.ParseConnectionString(text)
		if err != nil {
			w.T.Fatal(err)
		}
		return cs
	}
	dps, hub := parse(w.Emulator.DPSConnectionString()), parse(w.Emulator.Hubs()[0].ConnectionString())
	return azure.New(azure.Config{
		DPSConnectionString: &dps, HubConnectionStrings: []sas.ConnectionString{hub}, DefaultHub: hub.HostName,
		Now: time.Now, Transport: &http.Client{Transport: b},
	})
}
