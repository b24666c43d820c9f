package api

import (
	"fmt"
	"net/http"
	"reflect"

	"go.yaml.in/yaml/v3"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/redact"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// shownAction returns an action without its secrets, and whether it has any.
func (s *Server) shownAction(a document.Action) (shown any, secret bool) {
	action := actionOf(a)
	if m, ok := action.(map[string]any); ok {
		clean, hidden := s.rules.Config(m)
		return clean, hidden > 0
	}
	return action, false
}

func actionOf(a document.Action) any {
	if a.Spec == nil {
		return a.Kind
	}
	var spec any
	if err := a.Spec.Decode(&spec); err != nil {
		return a.Kind
	}
	return map[string]any{a.Kind: plain(spec)}
}

// plain makes the keys of all mappings texts, as JSON needs them.
func plain(v any) any {
	var again any
	text, err := yaml.Marshal(v)
	if err != nil || yaml.Unmarshal(text, &again) != nil {
		return nil
	}
	return again
}

// restoreActions puts actions with secrets back that a client was shown without
// them, wherever in the list they are now. All others need their secrets as
// references.
func (s *Server) restoreActions(list *[]any, before []document.Action) error {
	if list == nil {
		return nil
	}
	for i, given := range *list {
		kept := false
		for _, a := range before {
			if shown, secret := s.shownAction(a); secret && reflect.DeepEqual(plain(given), plain(shown)) {
				(*list)[i], kept = actionOf(a), true
			}
		}
		m, _ := (*list)[i].(map[string]any)
		if literal := s.rules.Literal(m); literal != "" && !kept {
			return secretProblem(literal)
		}
		if _, missing := s.rules.Merge(m, nil); missing != "" {
			return problem(http.StatusUnprocessableEntity, "A secret is missing",
				fmt.Sprintf("%s in %s stands for a secret of the document: write it as a reference, such as ${env:NAME}", redact.Placeholder, missing))
		}
	}
	return nil
}
