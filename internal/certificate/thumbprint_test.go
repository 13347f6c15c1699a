// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package certificate_test

import (
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
)

func TestIsThumbprint_readsStandInsOnly(t *testing.T) {
	t.Parallel()
	const sum = "4B146E99F2A05DDBBD04FE5A99D3F098D5B8EC0A82DD2CA515B4B9B1D802A5AF"
	tests := map[string]bool{
		"sha256:" + sum:                  true,
		"sha256:" + strings.ToLower(sum): true,
		" sha256:" + sum + "\n":          true,
		sum:                              false,
		"":                               false,
		"sha256:":                        false,
		"sha256:" + sum[2:]:              false,
		"sha256:" + sum + "00":           false,
		"sha256:" + sum[1:] + "G":        false,
		"sha1:" + sum[:40]:               false,
		"sha256: " + sum:                 false,
		testdata(t, "leaf.pem"):          false,
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, ok := certificate.IsThumbprint(text)
			if ok != want || ok && got != sum || !ok && got != "" {
				t.Errorf("got %q, %t", got, ok)
			}
		})
	}
}

// comparison is whether two texts mean the same.
type comparison struct {
	a, b string
	want bool
}

func mustCompare(t *testing.T, same func(a, b string) bool, rows map[string]comparison) {
	t.Helper()
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if same(row.a, row.b) != row.want || same(row.b, row.a) != row.want {
				t.Errorf("want %t both ways", row.want)
			}
		})
	}
}

func TestSame_comparesByThumbprint(t *testing.T) {
	t.Parallel()
	leaf, root := testdata(t, "leaf.pem"), testdata(t, "root.pem")
	sum := certificate.ThumbprintPrefix + mustParse(t, leaf).ThumbprintSHA256
	mustCompare(t, certificate.Same, map[string]comparison{
		"equal":                     {leaf, leaf, true},
		"PEM and its stand-in":      {leaf, sum, true},
		"stand-ins of either case":  {sum, "sha256:" + strings.ToLower(sum[7:]), true},
		"PEM with text around":      {leaf, "x\n" + leaf, true},
		"another certificate":       {leaf, root, false},
		"same key, other serial":    {leaf, testdata(t, "zero.pem"), false},
		"another stand-in":          {root, sum, false},
		"several and the first":     {leaf + root, leaf, false},
		"garbage and a certificate": {"garbage", leaf, false},
		"equal garbage":             {"garbage", "garbage", true},
		"other garbage":             {"garbage", "garbage ", false},
		"empty":                     {"", "", true},
	})
}

func TestSameChain_comparesCertificatesInOrder(t *testing.T) {
	t.Parallel()
	leaf, root := testdata(t, "leaf.pem"), testdata(t, "root.pem")
	mustCompare(t, certificate.SameChain, map[string]comparison{
		"equal":         {leaf + root, leaf + root, true},
		"text between":  {leaf + root, leaf + "x\n" + root + "\n", true},
		"line ends":     {leaf + root, strings.ReplaceAll(leaf+root, "\n", "\r\n"), true},
		"other order":   {leaf + root, root + leaf, false},
		"one less":      {leaf + root, leaf, false},
		"garbage":       {"garbage", leaf, false},
		"equal garbage": {"garbage", "garbage", true},
	})
}
