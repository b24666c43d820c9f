package maskingprocessor

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

// Unmarshal decodes strictly, but leaves the complaints to Validate: an error
// here would hide all other problems of the configuration.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	raw := conf.ToStringMap()
	c.problems = dropUnknown(raw, reflect.TypeFor[Config](), "")
	type plain Config // without this method
	if err := confmap.NewFromStringMap(raw).Unmarshal((*plain)(c), confmap.WithIgnoreUnused()); err != nil {
		c.problems = append(c.problems, err)
	}
	return nil
}

// dropUnknown removes the keys of m, and of what is in it, that the struct type
// t has no field for, and reports each.
func dropUnknown(m map[string]any, t reflect.Type, path string) []error {
	known := make(map[string]reflect.Type)
	fieldTypes(t, known)
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(m)) {
		field, ok := known[key]
		if !ok {
			delete(m, key)
			errs = append(errs, fmt.Errorf("%s%s: unknown key%s", path, key, suggest.Among(key, slices.Sorted(maps.Keys(known)))))
			continue
		}
		errs = append(errs, dropUnknownIn(m[key], field, path+key+"::")...)
	}
	return errs
}

// dropUnknownIn does the same for a value of any type.
func dropUnknownIn(value any, t reflect.Type, path string) []error {
	var errs []error
	switch value := value.(type) {
	case map[string]any:
		switch t.Kind() {
		case reflect.Struct:
			return dropUnknown(value, t, path)
		case reflect.Map:
			for _, key := range slices.Sorted(maps.Keys(value)) {
				errs = append(errs, dropUnknownIn(value[key], t.Elem(), path+key+"::")...)
			}
		}
	case []any:
		if t.Kind() == reflect.Slice {
			for i, item := range value {
				errs = append(errs, dropUnknownIn(item, t.Elem(), fmt.Sprintf("%s%d::", path, i))...)
			}
		}
	}
	return errs
}

// fieldTypes adds the fields of a struct type by their keys.
func fieldTypes(t reflect.Type, known map[string]reflect.Type) {
	for field := range t.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		switch {
		case options == "squash":
			fieldTypes(field.Type, known)
		case name != "":
			known[name] = field.Type
		}
	}
}

// Validate reports every problem of the configuration, each with its path.
func (c *Config) Validate() error {
	o, errs := c.options()
	errs = append(slices.Clone(c.problems), errs...)
	if len(errs) == 0 {
		errs = append(errs, checkStable(masking.NewPolicy(o)))
	}
	return errors.Join(errs...)
}

// checkStable returns an error if what replaces findings would be found again.
func checkStable(p *masking.Policy) error {
	if name, found := p.Unstable(); found {
		return fmt.Errorf("text: the detector %s matches what findings are replaced by; choose another text, or a narrower pattern", name)
	}
	return nil
}

// policy returns the policy that the configuration describes.
func (c *Config) policy() (*masking.Policy, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	o, _ := c.options()
	return masking.NewPolicy(o), nil
}
