// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// step is one scene: what it is called, what one is looking at, what happens, and the check that it did.
type step struct {
	title   string
	caption string
	act     func(context.Context, *stage) error
	// check says in a few words what it has found true, one line each.
	check func(context.Context, *stage) ([]string, error)
}

// tell runs the steps in order and stops at the first that does not do what its caption says.
func tell(ctx context.Context, s *stage, steps []step) error {
	began := s.now()
	for i, st := range steps {
		s.screen.heading(i+1, len(steps), st.title, st.caption)
		if err := play(ctx, s, st); err != nil {
			s.screen.failed(cutShort(ctx, err))
			return fmt.Errorf("step %d of %d (%s) did not do what it says", i+1, len(steps), st.title)
		}
	}
	s.screen.closing(len(steps), s.now().Sub(began))
	return nil
}

func play(ctx context.Context, s *stage, st step) error {
	began := s.now()
	if err := st.act(ctx, s); err != nil {
		return err
	}
	acted := s.now().Sub(began)
	findings, err := st.check(ctx, s)
	if err != nil {
		return err
	}
	if len(findings) == 0 {
		return errors.New("nothing was checked")
	}
	s.screen.passed(findings, acted.Round(10*time.Millisecond))
	return nil
}

// cutShort says so when a step failed only because the demo was to end.
func cutShort(ctx context.Context, err error) error {
	switch ended := ctx.Err(); {
	case ended == nil:
		return err
	case errors.Is(ended, context.DeadlineExceeded):
		return fmt.Errorf("the demo took longer than %s", patience)
	default:
		return errors.New("interrupted")
	}
}
