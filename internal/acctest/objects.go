// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import "sync"

// Another is another object of the same provider, which does not exist yet.
func (o *Object) Another() *Object {
	other := *o
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
