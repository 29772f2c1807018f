package org.datahub.itests.crash;

import java.util.LinkedHashMap;
import java.util.Map;
import org.datahub.api.Delivery;
import org.datahub.api.ProducerState;
import org.datahub.itests.crash.Scenario.Party;

/// All scenarios by name, what most sites are first met in first.
final class Scenarios {
    private static final Map<String, Scenario> ALL = new LinkedHashMap<>();

    static {
        ALL.put("write", new WriteScenario());
        ALL.put("key", new KeyScenario());
        ALL.put("batch", new BatchScenario());
        ALL.put("put", new PutScenario());
        ALL.put("gate", new GateScenario());
        ALL.put("evict", new EvictScenario());
        ALL.put("answer", new AnswerScenario());
        ALL.put("handover", new HandoverScenario(false));
        ALL.put("handover-value", new HandoverScenario(true));
        ALL.put("stand-in", new StandInScenario(ProducerState.KILLED));
        ALL.put("stand-in-ended", new StandInScenario(ProducerState.ENDED));
        ALL.put("stand-in-first", new StandInScenario(ProducerState.NONE));
        ALL.put("takeover", new TakeoverScenario());
        ALL.put("state", new StateScenario());
        ALL.put("create", new CreateScenario());
        ALL.put("remove", new RemoveScenario());
        ALL.put("place", new PlaceScenario());
        ALL.put("displace", new DisplaceScenario());
        ALL.put("restart", new RestartScenario(false));
        ALL.put("restart-value", new RestartScenario(true));
        ALL.put("read", new ReadScenario());
        ALL.put("join", new JoinScenario());
        ALL.put("follow", new FollowScenario());
        ALL.put("copy", new CopyScenario());
        ALL.put("request", new RequestScenario());
        ALL.put("evicted", new EvictedScenario());
        ALL.put("sequential", new SequentialScenario());
        ALL.put("pin", new ValueScenario(Delivery.PINNED));
        ALL.put("value", new ValueScenario(Delivery.OBSERVER));
        for (Party party : Party.values()) {
            String whose = party == Party.PRODUCER ? "producers-" : "consumers-";
            ALL.put(whose + "zone", new ZoneScenario(party));
            ALL.put(whose + "lock", new LockScenario(party));
            ALL.put(whose + "given-up", new GivenUpScenario(party));
            ALL.put(whose + "orphan", new OrphanScenario(party));
        }
    }

    private Scenarios() {}

    static Map<String, Scenario> all() {
        return ALL;
    }

    static Scenario named(String name) {
        Scenario scenario = ALL.get(name);
        if (scenario == null) throw new IllegalArgumentException("no such scenario: " + name);
        return scenario;
    }
}
