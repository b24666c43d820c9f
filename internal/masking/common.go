package masking

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata/entity"
)

// resource masks the texts of a resource.
func (w *worker) resource(r pcommon.Resource) {
	w.attributes(r.Attributes(), ResourceAttributes)
	refs := entity.ResourceEntityRefs(r)
	for i := range refs.Len() {
		ref := refs.At(i)
		if out, changed := w.plainText(ref.SchemaUrl(), SchemaURL); changed {
			ref.SetSchemaUrl(out)
		}
		if out, changed := w.plainText(ref.Type(), SchemaURL); changed {
			ref.SetType(out)
		}
		w.strings(ref.IdKeys(), SchemaURL)
		w.strings(ref.DescriptionKeys(), SchemaURL)
	}
}

// scope masks the texts of an instrumentation scope.
func (w *worker) scope(s pcommon.InstrumentationScope) {
	if out, changed := w.plainText(s.Name(), ScopeName); changed {
		s.SetName(out)
	}
	if out, changed := w.plainText(s.Version(), ScopeName); changed {
		s.SetVersion(out)
	}
	w.attributes(s.Attributes(), ScopeAttributes)
}

// strings masks each text of a list.
func (w *worker) strings(list pcommon.StringSlice, f Field) {
	for i := range list.Len() {
		if out, changed := w.plainText(list.At(i), f); changed {
			list.SetAt(i, out)
		}
	}
}

// list is a slice of pdata.
type list[E any] interface {
	Len() int
	At(i int) E
}

// resourceItem is what resources of all signals have.
type resourceItem interface {
	Resource() pcommon.Resource
	SchemaUrl() string
	SetSchemaUrl(string)
}

// scopeItem is what scopes of all signals have.
type scopeItem interface {
	Scope() pcommon.InstrumentationScope
	SchemaUrl() string
	SetSchemaUrl(string)
}

// eachScope masks the texts of resources and their scopes, and calls items for
// what is in each.
func eachScope[RL list[R], R resourceItem, SL list[S], S scopeItem](w *worker, resources RL, scopesOf func(R) SL, items func(*worker, S)) {
	for i := range resources.Len() {
		r := resources.At(i)
		w.resource(r.Resource())
		if out, changed := w.plainText(r.SchemaUrl(), SchemaURL); changed {
			r.SetSchemaUrl(out)
		}
		scopes := scopesOf(r)
		for j := range scopes.Len() {
			s := scopes.At(j)
			w.scope(s.Scope())
			if out, changed := w.plainText(s.SchemaUrl(), SchemaURL); changed {
				s.SetSchemaUrl(out)
			}
			items(w, s)
		}
	}
}
