// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

func webhook(url, version any) attributes {
	return attributes{"webhook_url": url, "api_version": version}
}

func TestAllocation_staticSendsTheDeviceToItsHub(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType, acctest.Hubs("north", "south"))
	config := with(individualKey("sensor-1", given(someKey('a'), nil, 1)), attributes{
		"allocation_policy": "static", "iothub_hostnames": []string{b.Hostname("south")},
	})
	b.MustApply(b.Config(config))
	b.MustSettle(b.Config(config))
	outcome := b.DeviceBy("sensor-1", devicesim.SymmetricKey(someKey('a'))).MustRegister()
	if outcome.AssignedHub != b.Hostname("south") {
		t.Errorf("the device should be in south, not in %s", outcome.AssignedHub)
	}
}

func TestAllocation_everyPolicyIsStoredAsItIsWritten(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType, acctest.Hubs("north", "south"))
	hubs := []string{b.Hostname("north"), b.Hostname("south")}
	for _, more := range []attributes{
		{"allocation_policy": "hashed", "iothub_hostnames": hubs},
		{"allocation_policy": "geoLatency"},
		{"allocation_policy": "static", "iothub_hostnames": hubs[:1]},
		{"allocation_policy": "custom", "custom_allocation": webhook("https://fn.example/api?code=secret", "2021-10-01")},
		{},
	} {
		config := with(groupKey("factory", attributes{}), more)
		b.MustApply(b.Config(config))
		b.MustSettle(b.Config(config))
		stored := b.group("factory")
		policy, _ := more["allocation_policy"].(string)
		if got := stored.AllocationPolicy; (got == nil) != (policy == "") || got != nil && *got != policy {
			t.Errorf("the policy should be %q, not %v", policy, got)
		}
		if _, custom := more["custom_allocation"]; custom != (stored.CustomAllocationDefinition != nil) {
			t.Errorf("the webhook should be there only with the policy custom: %v", more)
		}
	}
}

func TestAllocation_hubsInAnotherSpellingOrOrderAreNoDifference(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType, acctest.Hubs("north", "south"))
	north, south := b.Hostname("north"), b.Hostname("south")
	b.MustApply(b.Config(with(groupKey("factory", attributes{}), attributes{"iothub_hostnames": []string{north, south}})))
	b.MustSettle(b.Config(with(groupKey("factory", attributes{}), attributes{
		"iothub_hostnames": []string{strings.ToUpper(south), north},
	})))
}

func TestAllocation_theSingleHubOfOlderClientsIsRead(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.AddGroup("factory", b.Intermediate)
	host := b.Hostname("hub1")
	b.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.IoTHubHostName = &host })
	b.MustImport("factory")
	config := with(groupX509("factory", b.Intermediate.PEM()), attributes{"iothub_hostnames": []string{host}})
	b.MustSettle(b.Config(config))
	b.MustApply(b.Config(with(config, attributes{"provisioning_status": "disabled"})))
	if got := b.group("factory"); got.IoTHubHostName == nil || len(got.IoTHubs) > 0 {
		t.Error("the hub should stay where the client put it")
	}
	b.MustApply(b.Config(groupX509("factory", b.Intermediate.PEM())))
	if got := b.group("factory"); got.IoTHubHostName != nil || len(got.IoTHubs) > 0 {
		t.Error("the hub should be gone")
	}
}

func TestAllocation_anAddressThatIsLeftOutStaysAsItIsFound(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	custom := func(url any) attributes {
		return with(groupKey("factory", attributes{}), attributes{
			"allocation_policy": "custom", "custom_allocation": webhook(url, "2021-10-01"),
		})
	}
	b.Plan(b.Config(custom(nil))).MustFail(t, "Missing value", "custom_allocation.webhook_url")
	const url = "https://fn.example/api?code=secret"
	b.MustApply(b.Config(custom(url)))
	b.MustSettle(b.Config(custom(nil)))
	b.Forget()
	b.MustImport("factory")
	b.MustSettle(b.Config(custom(nil)))
	b.MustApply(b.Config(with(custom(nil), attributes{"edge_enabled": true})))
	if stored := b.group("factory").CustomAllocationDefinition; stored == nil || stored.WebhookURL != url {
		t.Errorf("the address should stay: %v", stored)
	}
}

// DPS hides the query of an address, as its documentation shows it: what it hides cannot be written back.
func TestAllocation_anAddressThatIsMaskedIsNotWritten(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	custom := attributes{
		"allocation_policy": "custom", "custom_allocation": webhook("https://fn.example/api?****", "2021-10-01"),
	}
	planned := b.Plan(b.Config(with(groupKey("factory", attributes{}), custom)))
	if step := b.Apply(planned); !strings.Contains(step.Errors()+planned.Errors(), "Address of the webhook is not known") {
		t.Errorf("it should not be written: %s", step.Errors())
	}
	if b.HasGroup("factory") {
		t.Error("nothing should be written")
	}
}

func TestAllocation_rulesThatTheServiceEnforcesLateAreErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	good := webhook("https://fn.example/api?code=secret", "2021-10-01")
	tests := map[string]struct {
		more attributes
		says []string
	}{
		"static without a hub": {attributes{"allocation_policy": "static"},
			[]string{"Static allocation needs exactly one hub", `"iothub_hostnames"`, "which names 0"}},
		"static with two": {attributes{"allocation_policy": "static", "iothub_hostnames": []string{"a.net", "b.net"}},
			[]string{"which names 2"}},
		"custom without a webhook": {attributes{"allocation_policy": "custom"},
			[]string{"Custom allocation needs a webhook"}},
		"a webhook without custom": {attributes{"custom_allocation": good}, []string{"Webhook is never called"}},
		"a webhook beside hashed": {attributes{"allocation_policy": "hashed", "custom_allocation": good},
			[]string{"never called"}},
		"another policy":      {attributes{"allocation_policy": "geolatency"}, []string{"geoLatency"}},
		"no hubs":             {attributes{"iothub_hostnames": []string{}}, []string{"iothub_hostnames"}},
		"a hub with a scheme": {attributes{"iothub_hostnames": []string{"https://a.net"}}, []string{"has a scheme"}},
		"a webhook without https": {attributes{"allocation_policy": "custom",
			"custom_allocation": webhook("http://fn.example/api?code=secret", "2021-10-01")}, []string{"Its scheme is"}},
		"a relative webhook": {attributes{"allocation_policy": "custom",
			"custom_allocation": webhook("/api?code=secret", "2021-10-01")}, []string{"It is not an absolute URL."}},
		"an old version": {attributes{"allocation_policy": "custom",
			"custom_allocation": webhook("https://fn.example", "2018-08-31")}, []string{"Invalid API version"}},
		"no version": {attributes{"allocation_policy": "custom",
			"custom_allocation": webhook("https://fn.example", "latest")}, []string{"Invalid API version"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := b.For(t)
			checked := b.Validate(b.Config(with(individualKey("sensor-1", attributes{}), test.more)))
			checked.MustFail(t, test.says...)
			acctest.MustNotSay(t, checked.Errors(), "code=secret")
		})
	}
	for name, more := range map[string]attributes{
		"static with unknown hubs":   {"allocation_policy": "static", "iothub_hostnames": acctest.Unknown{}},
		"custom with an unknown one": {"allocation_policy": "custom", "custom_allocation": acctest.Unknown{}},
		"an unknown policy":          {"allocation_policy": acctest.Unknown{}, "custom_allocation": good},
	} {
		if checked := b.Validate(b.Config(with(individualKey("sensor-1", attributes{}), more))); checked.Failed() {
			t.Errorf("%s should be valid: %s", name, checked.Errors())
		}
	}
}

func TestReprovisionPolicy_leftOutMeansWhatAnAbsentOneMeans(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.AddGroup("factory", b.Intermediate) // made by an SDK: neither policy nor capabilities
	b.MustImport("factory")
	config := groupX509("factory", b.Intermediate.PEM())
	b.MustSettle(b.Config(config))
	b.MustApply(b.Config(with(config, attributes{"provisioning_status": "disabled"})))
	if got := b.group("factory"); got.ReprovisionPolicy != nil || got.Capabilities != nil {
		t.Error("what was absent should stay absent")
	}
	for _, policy := range []attributes{
		{"update_hub_assignment": false, "migrate_device_data": false},
		{"update_hub_assignment": true, "migrate_device_data": false},
		{"migrate_device_data": true},
		{},
	} {
		changed := with(config, attributes{"reprovision_policy": policy, "edge_enabled": true})
		b.MustApply(b.Config(changed))
		b.MustSettle(b.Config(changed))
		want := func(name string) bool { return policy[name] != false }
		if got := b.group("factory").ReprovisionPolicy; got.UpdateHubAssignment != want("update_hub_assignment") ||
			got.MigrateDeviceData != want("migrate_device_data") {
			t.Errorf("the policy should be %v, not %v", policy, got)
		}
	}
}

func TestDrift_showsAsExactlyWhatWasEdited(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	pem := b.deviceCertificate("sensor-1").PEM()
	config := with(individualX509("sensor-1", pem), attributes{
		"device_id": "one", "allocation_policy": "hashed", "iothub_hostnames": []string{b.Hostname("hub1")},
		"initial_twin": attributes{"tags": `{"a":1}`}, "optional_device_information": `{"b":2}`, "edge_enabled": true,
		"provisioning_status": "enabled",
	})
	b.MustApply(b.Config(config))
	disabled, policy, other := azdps.StatusDisabled, azdps.AllocationGeoLatency, "two"
	edits := map[string]func(*azdps.IndividualEnrollment){
		"provisioning_status":         func(e *azdps.IndividualEnrollment) { e.ProvisioningStatus = &disabled },
		"allocation_policy":           func(e *azdps.IndividualEnrollment) { e.AllocationPolicy = &policy },
		"iothub_hostnames":            func(e *azdps.IndividualEnrollment) { e.IoTHubs = nil },
		"initial_twin":                func(e *azdps.IndividualEnrollment) { e.InitialTwin.Tags = []byte(`{"a":2}`) },
		"optional_device_information": func(e *azdps.IndividualEnrollment) { e.OptionalDeviceInformation = nil },
		"device_id":                   func(e *azdps.IndividualEnrollment) { e.DeviceID = &other },
		"edge_enabled":                func(e *azdps.IndividualEnrollment) { e.Capabilities.IoTEdge = false },
		"reprovision_policy": func(e *azdps.IndividualEnrollment) {
			e.ReprovisionPolicy = &azdps.ReprovisionPolicy{UpdateHubAssignment: true}
		},
	}
	for name, edit := range edits {
		b.SetEntry("sensor-1", edit)
		b.MustRefresh()
		planned := b.MustPlan(b.Config(config))
		differences, err := b.State.Diff(planned.Planned)
		must(t, err)
		if len(differences) == 0 {
			t.Errorf("%s: there should be a difference", name)
		}
		for _, difference := range differences {
			if path := difference.Path.String(); path != "" && !strings.Contains(path, name) {
				t.Errorf("%s: nothing but this should differ, but %s does", name, path)
			}
		}
		b.Apply(planned).MustSucceed(t)
		b.MustSettle(b.Config(config))
	}
}

// Sets that mean the same never break a plan: a hub that is named twice, in two spellings, is one.
func TestHubs_namedInTwoSpellingsAreOne(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	host := b.Hostname("hub1")
	twice := []string{host, strings.ToUpper(host)}
	config := b.Config(with(individualKey("sensor-1", attributes{}), attributes{"iothub_hostnames": twice}))
	b.MustApply(config)
	b.MustSettle(config)
	once := b.Config(with(individualKey("sensor-1", attributes{}), attributes{"iothub_hostnames": []string{host}}))
	b.MustApply(once)
	b.SetEntry("sensor-1", func(e *azdps.IndividualEnrollment) { e.IoTHubs = twice })
	b.MustSettle(once)
	b.MustDestroy()
}
