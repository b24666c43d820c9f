package shop

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// environment is one installation of the shop.
type environment struct {
	name    string
	cluster string
	region  string
	account string
	pods    int // per service
}

var environments = []*environment{
	{name: "prod", cluster: "prod-eu-1", region: "eu-west-1", account: "111122223333", pods: 3},
	{name: "staging", cluster: "staging-eu-1", region: "eu-central-1", account: "444455556666", pods: 2},
}

const productionShare = 0.8

// pod is one running instance of a service: the sender of telemetry.
type pod struct {
	index    int // in fleet.pods
	service  *service
	env      *environment
	name     string
	ip       string
	resource pcommon.Map // read-only after newFleet
}

// fleet is all pods. It does not change once made.
type fleet struct {
	pods []*pod
	of   map[*environment]map[*service][]*pod
}

func newFleet(d dice) *fleet {
	f := &fleet{of: make(map[*environment]map[*service][]*pod, len(environments))}
	for _, env := range environments {
		f.of[env] = make(map[*service][]*pod, len(services))
		for _, svc := range services {
			set := d.suffix(9) // One replica set per service and environment.
			for range env.pods {
				p := newPod(d, env, svc, set)
				p.index = len(f.pods)
				f.pods = append(f.pods, p)
				f.of[env][svc] = append(f.of[env][svc], p)
			}
		}
	}
	return f
}

func newPod(d dice, env *environment, svc *service, replicaSet string) *pod {
	p := &pod{
		service:  svc,
		env:      env,
		name:     fmt.Sprintf("%s-%s-%s", svc.name, replicaSet, d.suffix(5)),
		ip:       fmt.Sprintf("10.%d.%d.%d", d.between(16, 31), d.IntN(256), d.between(1, 254)),
		resource: pcommon.NewMap(),
	}
	zone := env.region + string(rune('a'+d.IntN(3)))
	node := fmt.Sprintf("ip-10-%d-%d-%d.%s.compute.internal", d.between(16, 31), d.IntN(256), d.between(1, 254), env.region)
	m := p.resource
	m.EnsureCapacity(28)
	m.PutStr("service.name", svc.name)
	m.PutStr("service.namespace", svc.namespace)
	m.PutStr("service.version", svc.version)
	m.PutStr("service.instance.id", d.uuid())
	m.PutStr("deployment.environment.name", env.name)
	m.PutStr("k8s.cluster.name", env.cluster)
	m.PutStr("k8s.namespace.name", svc.namespace)
	m.PutStr("k8s.deployment.name", svc.name)
	m.PutStr("k8s.replicaset.name", svc.name+"-"+replicaSet)
	m.PutStr("k8s.pod.name", p.name)
	m.PutStr("k8s.pod.uid", d.uuid())
	m.PutStr("k8s.container.name", svc.name)
	m.PutStr("k8s.node.name", node)
	m.PutStr("k8s.pod.label.team", svc.team)
	m.PutStr("container.image.name", "registry.example.com/"+svc.namespace+"/"+svc.name)
	m.PutEmptySlice("container.image.tags").AppendEmpty().SetStr(svc.version)
	m.PutStr("cloud.provider", "aws")
	m.PutStr("cloud.account.id", env.account)
	m.PutStr("cloud.region", env.region)
	m.PutStr("cloud.availability_zone", zone)
	m.PutStr("host.name", node)
	m.PutInt("process.pid", int64(d.between(1, 40)))
	m.PutStr("process.runtime.name", svc.lang.runtime)
	m.PutStr("process.runtime.version", svc.lang.runtimeVersion)
	m.PutStr("telemetry.sdk.name", "opentelemetry")
	m.PutStr("telemetry.sdk.language", svc.lang.name)
	m.PutStr("telemetry.sdk.version", svc.lang.sdkVersion)
	return p
}

// crew is the pods that serve one request: one pod of each service, all in one
// environment.
type crew map[*service]*pod

// spansPerCrew keeps SDK batches realistic: a payload of so many spans comes
// from one crew, so that a pod has several spans in it rather than one.
const spansPerCrew = 400

// crews returns the pods that a payload of n items comes from.
func (f *fleet) crews(d dice, n int) []crew {
	list := make([]crew, 1+n/spansPerCrew)
	for i := range list {
		env := environments[0]
		if d.chance(1 - productionShare) {
			env = environments[1]
		}
		list[i] = make(crew, len(services))
		for _, svc := range services {
			list[i][svc] = pick(d, f.of[env][svc])
		}
	}
	return list
}
