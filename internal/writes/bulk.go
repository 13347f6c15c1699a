// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package writes

// Bulk sends one write of many objects and says what became of each. send returns the errors of single objects, and
// that of the call as a whole, which then is every object's. read reads one object, nil when there is none; ours tells
// whether it is as the write was to leave it. Only objects of which an error leaves doubt are read.
func Bulk[K comparable, T any](
	keys []K, send func() (map[K]error, error), read func(K) (*T, error), ours func(K, *T) bool,
) map[K]Result[T] {
	errs, whole := send()
	results := make(map[K]Result[T], len(keys))
	for _, key := range keys {
		failure := whole
		if failure == nil {
			failure = errs[key]
		}
		if failure == nil {
			results[key] = Result[T]{Outcome: Done}
			continue
		}
		results[key] = judge(failure, func() (*T, error) { return read(key) }, func(now *T) bool { return ours(key, now) })
	}
	return results
}
