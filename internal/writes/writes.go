// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package writes

import "github.com/azureiot/terraform-provider-azureiot/internal/azrest"

// Outcome is what became of a write.
type Outcome int

const (
	// Done is a write that was carried out: the service said so, or what it stores now is what was sent.
	Done Outcome = iota
	// Overtaken is a write that was not carried out because somebody else wrote first. What is there now is returned.
	Overtaken
	// Refused is a write that was not carried out, for the reason that the error gives.
	Refused
	// Unknown is a write that may have been carried out, and what is there now cannot be read.
	Unknown
)

// Result is what became of a write, and what is known of its object afterwards.
type Result[T any] struct {
	Outcome Outcome
	// Now is the object: as the service answered a write that it carried out, and as it was read otherwise. It is nil
	// for an object that does not exist, and for one that was not read.
	Now *T
	// ByOthers says of a write that is Done that it was certainly not this one: somebody else had put there what was sent.
	ByOthers bool
	// Err is why a write is Overtaken, Refused or Unknown; nil for Done.
	Err error
}

// Contradicted says of a create that the service refuses it as if the object existed, and that the object does not.
func (r Result[T]) Contradicted() bool { return r.Outcome == Overtaken && r.Now == nil }

// Put sends a write. read reads the object, nil when there is none; ours tells whether it is what was sent. Nothing is
// read when the service's answer leaves no doubt.
func Put[T any](send func() (T, error), read func() (*T, error), ours func(T) bool) Result[T] {
	answer, err := send()
	if err == nil {
		return Result[T]{Outcome: Done, Now: &answer}
	}
	return judge(err, read, func(now *T) bool { return now != nil && ours(*now) })
}

// Remove sends a delete. An object that does not exist any more is deleted, whoever did it.
func Remove[T any](send func() error, read func() (*T, error)) Result[T] {
	err := send()
	if err == nil || azrest.IsNotFound(err) {
		return Result[T]{Outcome: Done}
	}
	return judge(err, read, func(now *T) bool { return now == nil })
}

func judge[T any](failure error, read func() (*T, error), ours func(*T) bool) Result[T] {
	overtaken, maybe := lost(failure), azrest.MaybeDone(failure)
	if !overtaken && !maybe {
		return Result[T]{Outcome: Refused, Err: failure}
	}
	now, err := read()
	switch {
	case err != nil && maybe:
		return Result[T]{Outcome: Unknown, Err: failure}
	case err != nil:
		return Result[T]{Outcome: Refused, Err: failure}
	case ours(now):
		return Result[T]{Outcome: Done, Now: now, ByOthers: !maybe}
	case overtaken:
		return Result[T]{Outcome: Overtaken, Now: now, Err: failure}
	}
	return Result[T]{Outcome: Refused, Now: now, Err: failure}
}

// lost tells whether somebody else came first: the object exists already, is another one by now, or is gone.
func lost(err error) bool {
	return azrest.IsConflict(err) || azrest.IsPreconditionFailed(err) || azrest.IsNotFound(err)
}
