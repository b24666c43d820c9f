package columnar

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MaxPromotions bounds Options.Promote: every column costs some 200 bytes per row group, used or not.
const MaxPromotions = 100

// Scope says whose attribute a Promotion means.
type Scope string

// The scopes of a Promotion.
const (
	Resource Scope = "resource" // the resource's attributes
	Item     Scope = "item"     // the span's, log record's, data point's or sample's attributes
)

// Type is the declared type of a promoted attribute.
type Type string

// The types of a Promotion.
const (
	String Type = "string"
	Int64  Type = "int64"
	Double Type = "double"
	Bool   Type = "bool"
)

// Promotion gives an attribute a column of its own, which is null where the attribute is absent. The column
// is named after the key: letters in lower case, "_" for all but letters and digits. A value of the declared
// type is moved out of the map; one of another type stays there.
type Promotion struct {
	Key   string
	Scope Scope
	Type  Type
}

// reserved are the columns that readers make from the names of directories.
var reserved = []string{"dt", "hour", "stream"}

var promotedKinds = map[Type]kind{String: kindText, Int64: kindInt64, Double: kindDouble, Bool: kindBool}

var promotedScopes = map[Scope]scope{Resource: scopeResource, Item: scopeItem}

// promote appends a column for each promotion, in order of their names, so that the order of the
// configuration does not matter. The error names everything that is wrong.
func promote(columns []column, promotions []Promotion) ([]column, error) {
	if len(promotions) > MaxPromotions {
		return nil, fmt.Errorf("columnar: %d attributes to promote, more than %d", len(promotions), MaxPromotions)
	}
	taken := make(map[string]string, len(columns)+len(promotions))
	for i := range columns {
		taken[columns[i].name] = "a column of the schema"
	}
	for _, name := range reserved {
		taken[name] = "a directory of the layout"
	}
	var errs error
	var added []column
	for i, p := range promotions {
		c, err := p.column()
		if err == nil && taken[c.name] != "" {
			err = fmt.Errorf("its column %q is %s already", c.name, taken[c.name])
		}
		if err != nil {
			errs = errors.Join(errs, fmt.Errorf("columnar: promotion %d of %s attribute %q: %w", i, p.Scope, p.Key, err))
			continue
		}
		taken[c.name] = fmt.Sprintf("that of %s attribute %q", p.Scope, p.Key)
		added = append(added, c)
	}
	slices.SortFunc(added, func(a, b column) int { return strings.Compare(a.name, b.name) })
	return append(columns, added...), errs
}

// column returns the column of a promotion.
func (p Promotion) column() (column, error) {
	k, ok := promotedKinds[p.Type]
	if !ok {
		return column{}, fmt.Errorf("type %q is none of string, int64, double and bool", p.Type)
	}
	s, ok := promotedScopes[p.Scope]
	if !ok {
		return column{}, fmt.Errorf("scope %q is neither resource nor item", p.Scope)
	}
	c := promotedColumns(s, k, p.Key)[0]
	if c.name == "" || c.name[0] < 'a' || c.name[0] > 'z' {
		return column{}, errors.New("the key does not start with a letter, so that it makes no name of a column")
	}
	c.stats = k != kindBool // Two values need no pruning.
	return c, nil
}

// columnName returns the name of the column of an attribute: what Hive, Glue and Athena take as a name.
func columnName(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		default:
			return '_'
		}
	}, key)
}
