// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package unchanged_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
)

func doorSchema() schema.Schema {
	return schema.Schema{Attributes: map[string]schema.Attribute{
		"number": schema.StringAttribute{
			Required: true, Validators: []validator.String{stringvalidator.RegexMatches(regexp.MustCompile(`^\d+$`), "digits")},
		},
		"color": schema.StringAttribute{Optional: true},
		"open":  schema.BoolAttribute{Optional: true},
	}}
}

func doorConfig(t *testing.T, number, color, open any) unchanged.Attributes {
	t.Helper()
	kind := doorSchema().Type().TerraformType(t.Context())
	encoded, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, map[string]tftypes.Value{
		"number": tftypes.NewValue(tftypes.String, number), "color": tftypes.NewValue(tftypes.String, color),
		"open": tftypes.NewValue(tftypes.Bool, open),
	}))
	if err != nil {
		t.Fatal(err)
	}
	config, _ := unchanged.Decode(&encoded)
	return config
}

func TestPassed_takesObjectsForAlikeThatDifferInTheirNames(t *testing.T) {
	t.Parallel()
	names := []string{"number"}
	first := doorConfig(t, "101", "red", nil)
	for name, test := range map[string]struct {
		config unchanged.Attributes
		names  []string
		flag   bool
		alike  bool
	}{
		"another name":              {config: doorConfig(t, "202", "red", nil), names: names, alike: true},
		"a longer name":             {config: doorConfig(t, "20", "red", nil), names: names},
		"a name that is not valid":  {config: doorConfig(t, "1x1", "red", nil), names: names},
		"a name that is not known":  {config: doorConfig(t, tftypes.UnknownValue, "red", nil), names: names},
		"no name":                   {config: doorConfig(t, nil, "red", nil), names: names},
		"another setting":           {config: doorConfig(t, "101", "tan", nil), names: names},
		"a setting that was none":   {config: doorConfig(t, "101", "red", true), names: names},
		"another flag":              {config: first, names: names, flag: true},
		"none that is looked at":    {config: first},
		"another that is looked at": {config: first, names: []string{"color"}},
		"a name that is no text":    {config: first, names: []string{"number", "open"}, alike: true},
		"an attribute less":         {config: unchanged.Attributes{"number": first["number"]}, names: names},
		"nothing":                   {config: nil, names: names},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := unchanged.NewPassed(doorSchema())
			likeness, certain := p.LikenessOf(t.Context(), first, names, false)
			if !certain || p.Has(likeness) {
				t.Fatal("the first should be told, and not have passed")
			}
			p.Add(likeness)
			other, told := p.LikenessOf(t.Context(), test.config, test.names, test.flag)
			if alike := told && p.Has(other); alike != test.alike {
				t.Errorf("alike: %t, want %t", alike, test.alike)
			}
		})
	}
}

func TestPassed_remembersAFewOnly(t *testing.T) {
	t.Parallel()
	p := unchanged.NewPassed(doorSchema())
	last := unchanged.Likeness{}
	for i := range 2000 {
		likeness, _ := p.LikenessOf(t.Context(), doorConfig(t, "101", fmt.Sprint(i), nil), []string{"number"})
		p.Add(likeness)
		last = likeness
	}
	if p.Has(last) {
		t.Error("what is remembered should be bounded")
	}
}

func TestPassed_isNoneForASchemaWithBlocks(t *testing.T) {
	t.Parallel()
	s := doorSchema()
	s.Blocks = map[string]schema.Block{"lock": schema.SingleNestedBlock{}}
	if unchanged.NewPassed(s) != nil {
		t.Error("blocks are no attributes, and would not be looked at")
	}
}
