// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package query reads and evaluates the part of the IoT Hub query language that clients use on devices and modules:
//
//	SELECT [TOP n] * | field [AS name], aggregate [AS name], ...
//	FROM devices | devices.modules
//	WHERE condition
//	GROUP BY field, ...
//
// The aggregates are COUNT(), SUM, AVG, MIN and MAX of a field; a field may be qualified
// with the collection, as in devices.deviceId.
//
// Conditions compare fields and constants with = != <> < <= > >=, and use IN, NIN, AND, OR, NOT, parentheses and the
// functions STARTSWITH, ENDSWITH, CONTAINS, ARRAY_CONTAINS, IS_DEFINED, IS_NULL, IS_STRING, IS_NUMBER, IS_BOOL,
// IS_ARRAY and IS_OBJECT. Keywords and function names have no case. Texts stand in single or double quotes, with the
// quote doubled or after a backslash. A name that is a keyword is written [[name]].
//
// A comparison with a field that does not exist is neither true nor false, and its
// negation is not true either; such a record is left out.
//
// The package knows records only through the interface Record: it may not know the registry, HTTP, or how results are
// written. Ordering, arithmetic and user-defined functions are refused as Unsupported, so that a test that needs them
// fails loudly rather than wrongly.
package query
