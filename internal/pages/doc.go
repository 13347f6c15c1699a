// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package pages does what README and guides tell a reader to do: every
// configuration that they show is applied, every command is run, and every
// output is what a command prints, against the emulator.
//
// Words: a page is a file that users read; a block is what it shows between
// fences or takes from a file of examples; a story is the test of one page, which
// has to use each of its blocks, or say why one cannot be run here.
//
// To add a guide, write it, and a story for it in [stories]. Pictures are drawn
// here as well, by make generate, and stand in .github/pictures.
//
// It exists for tests only.
package pages
