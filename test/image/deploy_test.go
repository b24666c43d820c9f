package image

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"
)

// read returns a file of the checkout.
func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(repository, path))
	require.NoError(t, err)
	return content
}

// parse reads YAML in which every key must be known to T and occur once.
func parse[T any](t *testing.T, content []byte) *T {
	t.Helper()
	v := new(T)
	require.NoError(t, yaml.UnmarshalStrict(content, v))
	return v
}

// version returns the distribution's version.
func version(t *testing.T) string {
	t.Helper()
	var builder struct {
		Dist struct {
			Version string `json:"version"`
		} `json:"dist"`
	}
	require.NoError(t, yaml.Unmarshal(read(t, "builder-config.yaml"), &builder))
	require.NotEmpty(t, builder.Dist.Version)
	return builder.Dist.Version
}

// The image routes and delivers as `make run` does: where the two example
// files differ is in addresses, paths and memory limits.
func TestContainerConfigRoutesAsTheDefault(t *testing.T) {
	container := *parse[map[string]any](t, read(t, "examples/container.yaml"))
	local := *parse[map[string]any](t, read(t, "examples/default.yaml"))
	require.ElementsMatch(t, slices.Collect(maps.Keys(local)), slices.Collect(maps.Keys(container)))
	require.Equal(t, local["connectors"], container["connectors"])
	require.Equal(t, local["service"], container["service"])
}

// manifests is what deploy/kubernetes.yaml consists of.
type manifests struct {
	config  *corev1.ConfigMap
	service *corev1.Service
	set     *appsv1.StatefulSet
}

func kubernetes(t *testing.T) manifests {
	t.Helper()
	var m manifests
	for document := range bytes.SplitSeq(read(t, "deploy/kubernetes.yaml"), []byte("\n---\n")) {
		var kind metav1.TypeMeta
		require.NoError(t, yaml.Unmarshal(document, &kind))
		switch kind.APIVersion + " " + kind.Kind {
		case "v1 ConfigMap":
			m.config = parse[corev1.ConfigMap](t, document)
		case "v1 Service":
			m.service = parse[corev1.Service](t, document)
		case "apps/v1 StatefulSet":
			m.set = parse[appsv1.StatefulSet](t, document)
		default:
			require.Failf(t, "unexpected object", "%s %s", kind.APIVersion, kind.Kind)
		}
	}
	require.NotNil(t, m.config)
	require.NotNil(t, m.service)
	require.NotNil(t, m.set)
	return m
}

func (m manifests) container(t *testing.T) corev1.Container {
	t.Helper()
	require.Len(t, m.set.Spec.Template.Spec.Containers, 1)
	return m.set.Spec.Template.Spec.Containers[0]
}

// Everything that one object says about another by name is there.
func TestKubernetesObjectsFitTogether(t *testing.T) {
	m := kubernetes(t)
	c, pod := m.container(t), m.set.Spec.Template
	require.Equal(t, program+":"+version(t), c.Image)
	require.Equal(t, pod.Labels, m.set.Spec.Selector.MatchLabels)
	require.Equal(t, pod.Labels, m.service.Spec.Selector)
	require.Equal(t, m.service.Name, m.set.Spec.ServiceName)

	ports := make(map[string]int32)
	for _, port := range c.Ports {
		ports[port.Name] = port.ContainerPort
	}
	for _, port := range m.service.Spec.Ports {
		require.Equal(t, intstr.String, port.TargetPort.Type)
		require.Equal(t, port.Port, ports[port.TargetPort.StrVal], "service port %s", port.Name)
	}
	for _, probe := range []*corev1.Probe{c.StartupProbe, c.ReadinessProbe, c.LivenessProbe} {
		require.NotNil(t, probe)
		require.EqualValues(t, 13133, ports[probe.HTTPGet.Port.StrVal])
	}

	volumes := make(map[string]bool)
	for _, claim := range m.set.Spec.VolumeClaimTemplates {
		volumes[claim.Name] = true
	}
	for _, volume := range pod.Spec.Volumes {
		require.Equal(t, m.config.Name, volume.ConfigMap.Name)
		volumes[volume.Name] = true
	}
	mounts := make(map[string]bool)
	for _, mount := range c.VolumeMounts {
		require.True(t, volumes[mount.Name], "volume %s", mount.Name)
		mounts[mount.MountPath] = true
	}
	// The image's command finds the ConfigMap's key as its file.
	require.Contains(t, m.config.Data, filepath.Base(defaultConfig(t)))
	require.Equal(t, map[string]bool{"/etc/otelcol-datastreams": true, "/var/lib/otelcol-datastreams": true}, mounts)
}

func TestKubernetesPodIsRestricted(t *testing.T) {
	m := kubernetes(t)
	c, pod := m.container(t), m.set.Spec.Template.Spec
	require.True(t, *pod.SecurityContext.RunAsNonRoot)
	require.EqualValues(t, nonroot, *pod.SecurityContext.RunAsUser)
	require.EqualValues(t, nonroot, *pod.SecurityContext.FSGroup, "the volume would not be writable")
	require.Equal(t, corev1.SeccompProfileTypeRuntimeDefault, pod.SecurityContext.SeccompProfile.Type)
	require.False(t, *c.SecurityContext.AllowPrivilegeEscalation)
	require.True(t, *c.SecurityContext.ReadOnlyRootFilesystem)
	require.Equal(t, []corev1.Capability{"ALL"}, c.SecurityContext.Capabilities.Drop)
	require.False(t, c.Resources.Limits.Memory().IsZero(), "the memory limiter's percentages refer to the limit")
	require.False(t, c.Resources.Requests.Memory().IsZero())
}

func TestKubernetesConfigIsValid(t *testing.T) {
	for name, content := range kubernetes(t).config.Data {
		path := filepath.Join(work, name) // not t.TempDir, which another user cannot read
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
		validate(t, path)
	}
}

// The parts of a compose file that refer to the image.
type compose struct {
	Services map[string]struct {
		Image    string   `json:"image"`
		Ports    []string `json:"ports"`
		Volumes  []string `json:"volumes"`
		ReadOnly bool     `json:"read_only"`
		CapDrop  []string `json:"cap_drop"`
	} `json:"services"`
	Volumes map[string]any `json:"volumes"`
}

func TestComposeFitsTheImage(t *testing.T) {
	var c compose
	require.NoError(t, yaml.Unmarshal(read(t, "deploy/compose.yaml"), &c))
	img := load(t)
	service, ok := c.Services["collector"]
	require.True(t, ok)
	require.Equal(t, program+":"+version(t), service.Image)
	require.True(t, service.ReadOnly)
	require.Equal(t, []string{"ALL"}, service.CapDrop)

	exposed := make(map[string]struct{})
	for _, port := range service.Ports {
		parts := strings.Split(port, ":")
		require.Len(t, parts, 3, "port %q must name an address of the host", port)
		require.Equal(t, "127.0.0.1", parts[0])
		exposed[parts[2]+"/tcp"] = struct{}{}
	}
	require.Equal(t, img.config.Config.ExposedPorts, exposed)

	for _, volume := range service.Volumes {
		source, target, _ := strings.Cut(volume, ":")
		target, readOnly := strings.CutSuffix(target, ":ro")
		_, err := os.Stat(inRoot(t, target))
		require.NoError(t, err, "mounted over nothing in the image")
		if strings.HasPrefix(source, ".") {
			require.True(t, readOnly)
			require.FileExists(t, filepath.Join(repository, "deploy", source))
			continue
		}
		require.Contains(t, c.Volumes, source)
	}
}
