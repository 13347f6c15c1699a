// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import (
	"encoding/asn1"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
)

// SameName tells whether two texts are the same distinguished name. The order of the parts, space, letter case,
// quotation, escapes and the spelling of attribute types have no meaning: Azure's wording ("CN=x, S=y"), Go's
// ("CN=x,ST=y", "2.5.4.5=#1301...") and OpenSSL's ("CN = x, ST = y") of a name are the same. Two empty names are.
func SameName(a, b string) bool {
	x, y := readName(a), readName(b)
	return x.same(y) || x.blank() && y.blank()
}

// name is a distinguished name in one spelling, or in two: a backslash is an escape in RFC 2253 and an ordinary
// character in .NET's wording, and a text does not say whose it is.
type name struct {
	escaped, literal string
}

func readName(text string) name {
	n := name{escaped: canonical(text, true)}
	n.literal = n.escaped
	if strings.Contains(text, `\`) {
		n.literal = canonical(text, false)
	}
	return n
}

func (n name) blank() bool { return n.escaped == "" }

// same is false for blank names: two certificates of which nothing is known are not related.
func (n name) same(other name) bool {
	if n.blank() || other.blank() {
		return false
	}
	return n.escaped == other.escaped || n.literal == other.literal ||
		n.escaped == other.literal || n.literal == other.escaped
}

// canonical spells a name with sorted, normalised parts. The parts are kept apart by characters that no normalised
// part contains.
func canonical(text string, escapes bool) string {
	var parts []string
	for _, p := range splitName(text, escapes) {
		if p.attribute != "" || p.value != "" {
			parts = append(parts, p.attribute+"\x00"+p.value)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "\x01")
}

type namePart struct {
	attribute, value string
}

// splitName reads the parts of a name. A separator that no attribute follows belongs to the value before it, as in
// "O=Contoso, Ltd." of writers that do not quote.
func splitName(text string, escapes bool) []namePart {
	var parts []namePart
	separator := byte(0)
	for rest := text; ; {
		s, length := scanSegment(rest, escapes)
		attribute, isAttribute := attributeOID(s.attribute)
		switch {
		case isAttribute:
			parts = append(parts, namePart{attribute: attribute, value: s.text()})
		case len(parts) == 0:
			parts = append(parts, namePart{value: normalised(s.whole())})
		default:
			last := &parts[len(parts)-1]
			last.value = normalised(last.value + string(separator) + s.whole())
		}
		if length == len(rest) {
			return parts
		}
		separator = rest[length]
		rest = rest[length+1:]
	}
}

// segment is the text between two separators.
type segment struct {
	attribute string
	value     string
	// plain is a value without quotation or escape, the only one in which a leading # announces hexadecimal DER.
	plain bool
}

func (s segment) whole() string {
	if s.attribute == "" {
		return s.value
	}
	return s.attribute + "=" + s.value
}

func (s segment) text() string {
	value := strings.TrimSpace(s.value)
	if digits, found := strings.CutPrefix(value, "#"); found && s.plain {
		if decoded, ok := decodeDER(digits); ok {
			return normalised(decoded)
		}
	}
	return normalised(value)
}

// scanner reads one segment.
type scanner struct {
	segment

	current                strings.Builder
	inQuotes, hasAttribute bool
}

// scanSegment reads up to the next separator outside quotation marks, and returns how many bytes that are.
func scanSegment(text string, escapes bool) (segment, int) {
	s := scanner{segment: segment{plain: true}}
	i := 0
	for i < len(text) {
		c := text[i]
		if !s.inQuotes && (c == ',' || c == ';' || c == '+') {
			break
		}
		if escapes && c == '\\' && i+1 < len(text) {
			decoded, length := unescape(text[i+1:])
			s.current.WriteString(decoded)
			s.plain = false
			i += 1 + length
			continue
		}
		i += s.take(text[i:])
	}
	s.value = s.current.String()
	return s.segment, i
}

// take reads one character, or two quotation marks within quotation marks, which are one that is meant.
func (s *scanner) take(text string) int {
	c := text[0]
	switch {
	case s.inQuotes && strings.HasPrefix(text, `""`):
		s.current.WriteByte(c)
		return len(`""`)
	case c == '"' && (s.inQuotes || strings.TrimSpace(s.current.String()) == ""):
		s.inQuotes, s.plain = !s.inQuotes, false
	case c == '=' && !s.inQuotes && !s.hasAttribute:
		s.attribute, s.hasAttribute = strings.TrimSpace(s.current.String()), true
		s.current.Reset()
	default:
		s.current.WriteByte(c)
	}
	return 1
}

// unescape reads what follows a backslash: two hexadecimal digits for a byte, or a character that stands for itself.
// A backslash before anything else is an ordinary character.
func unescape(after string) (text string, length int) {
	if len(after) >= 2 {
		if b, err := hex.DecodeString(after[:2]); err == nil {
			return string(b), 2
		}
	}
	if strings.IndexByte(`,+"\<>;=# `, after[0]) >= 0 {
		return after[:1], 1
	}
	return `\`, 0
}

// decodeDER reads the hexadecimal form of a value, which Go uses for attributes that it has no name for.
func decodeDER(digits string) (string, bool) {
	der, err := hex.DecodeString(digits)
	if err != nil {
		return "", false
	}
	var value any
	if rest, err := asn1.Unmarshal(der, &value); err != nil || len(rest) > 0 {
		return "", false
	}
	text, ok := value.(string)
	return text, ok
}

// normalised folds case and space. Characters that keep parts apart cannot remain in it.
func normalised(value string) string {
	folded := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return unicode.ToLower(unicode.ToUpper(r))
	}, strings.ToValidUTF8(value, "\ufffd"))
	return strings.Join(strings.Fields(folded), " ")
}

// attributeOID returns the object identifier of an attribute type. It tells whether the text can be a type at all.
func attributeOID(written string) (oid string, ok bool) {
	upper := strings.ToUpper(written)
	upper = strings.TrimPrefix(upper, "OID.")
	switch upper {
	case "":
		return "", false
	case "CN", "COMMONNAME":
		return "2.5.4.3", true
	case "SN", "SURNAME":
		return "2.5.4.4", true
	case "SERIALNUMBER":
		return "2.5.4.5", true
	case "C", "COUNTRYNAME":
		return "2.5.4.6", true
	case "L", "LOCALITYNAME":
		return "2.5.4.7", true
	case "S", "ST", "STATEORPROVINCENAME":
		return "2.5.4.8", true
	case "STREET", "STREETADDRESS":
		return "2.5.4.9", true
	case "O", "ORGANIZATIONNAME":
		return "2.5.4.10", true
	case "OU", "ORGANIZATIONALUNITNAME":
		return "2.5.4.11", true
	case "T", "TITLE":
		return "2.5.4.12", true
	case "POSTALCODE":
		return "2.5.4.17", true
	case "G", "GN", "GIVENNAME":
		return "2.5.4.42", true
	case "I", "INITIALS":
		return "2.5.4.43", true
	case "GENERATIONQUALIFIER":
		return "2.5.4.44", true
	case "DNQUALIFIER", "DNQ":
		return "2.5.4.46", true
	case "DC", "DOMAINCOMPONENT":
		return "0.9.2342.19200300.100.1.25", true
	case "UID", "USERID":
		return "0.9.2342.19200300.100.1.1", true
	case "E", "EMAIL", "EMAILADDRESS":
		return "1.2.840.113549.1.9.1", true
	}
	return upper, !strings.ContainsFunc(upper, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '-'
	})
}
