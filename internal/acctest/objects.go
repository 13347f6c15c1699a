// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Another is another object of the same provider, which does not exist yet.
func (o *Object) Another() *Object {
	other := *o
	other.planned = nil
	other.Forget()
	return &other
}

// Beside is an object of another type of the same provider, which does not exist yet.
func (o *Object) Beside(typeName string) *Object {
	o.world.T.Helper()
	return o.world.objectOf(o.server, typeName)
}

// ApplyTogether applies the plans of objects of one provider in one walk, so many at a time, as core does with
// -parallelism.
func ApplyTogether(objects []*Object, planned []Step, parallelism int) []Step {
	objects[0].Reconfigure()
	steps, slots := make([]Step, len(objects)), make(chan struct{}, parallelism)
	var applying sync.WaitGroup
	for i := range objects {
		applying.Go(func() {
			slots <- struct{}{}
			steps[i] = objects[i].applyInWalk(planned[i], func() {})
			<-slots
		})
	}
	applying.Wait()
	return steps
}

// ApplyInWalk applies a plan as Apply does, in a walk that Reconfigure has begun: of some objects of one provider.
func (o *Object) ApplyInWalk(planned Step) Step {
	o.world.T.Helper()
	return o.applyInWalk(planned, func() {})
}

// ReplaceInWalk carries a planned replacement out in a walk that Reconfigure has begun.
func (o *Object) ReplaceInWalk(planned Step, createFirst bool) Step {
	o.world.T.Helper()
	config := planned.config
	old, oldPrivate := o.State, o.Private
	remove := func() Step { return o.delete(old, planned.private) }
	if createFirst { // The old object is a deposed one by then, whose destroy is planned on its own.
		remove = func() Step {
			destroy := o.plan(o.Nothing(), old, oldPrivate)
			if destroy.Failed() {
				return destroy
			}
			return o.delete(old, destroy.private)
		}
	}
	if !createFirst {
		if step := remove(); step.Failed() {
			return step
		}
	}
	again := o.plan(config, tftypes.NewValue(o.object, nil), nil)
	if again.Failed() {
		return again
	}
	if difference := disagreement(planned.Planned, again.Planned); difference != "" {
		return inconsistent("final plan", difference, again.Diagnostics)
	}
	step := o.applyNow(again, tftypes.NewValue(o.object, nil))
	if createFirst && !step.Failed() {
		return remove()
	}
	return step
}
