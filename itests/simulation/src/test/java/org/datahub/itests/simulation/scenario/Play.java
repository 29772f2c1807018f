package org.datahub.itests.simulation.scenario;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.datahub.api.DataHub;
import org.datahub.api.Delivery;
import org.datahub.api.spi.SegmentAllocator;
import org.datahub.engine.SimulatedHub;
import org.datahub.itests.simulation.machine.Machine;
import org.datahub.itests.simulation.machine.SimulatedKernel;
import org.datahub.itests.simulation.machine.SimulatedProcess;

/// One seed: makes the block, starts who is in it, and replaces whom chance kills.
final class Play {
    private static final int UNFAIR = 20_000;
    private static final int FAIR = 400_000;
    private static final int REPLACED = 70; // of 100 consumers that were killed

    final Machine machine;
    final Scenario scenario;
    final Oracle oracle;
    final SplittableRandom dice;
    private final Map<SimulatedProcess, Role> roles = new HashMap<>();

    /// What a process is.
    private interface Role {
        /// Starts another one of its kind.
        void again();

        /// It was killed.
        void killed();
    }

    Play(Machine machine, long seed, int lines) {
        this.machine = machine;
        this.scenario = Scenario.of(seed);
        machine.reset(seed, scenario.chance(), lines);
        this.dice = machine.dice().split();
        this.oracle = new Oracle(machine, scenario, this::killed);
    }

    void run() {
        if (scenario.made()) {
            try (DataHub hub = hub()) {
                hub.declare(scenario.block());
            }
            oracle.locate();
        }
        machine.watch(oracle);
        for (int index = 0; index <= scenario.standby(); index++) startProducer();
        for (Delivery delivery : scenario.consumers()) {
            String role = delivery.name().toLowerCase(Locale.ROOT);
            startReader(
                    role,
                    () -> scenario.state() ? new StateFollower(this, delivery) : new StreamFollower(this, delivery));
        }
        for (int index = 0; index < scenario.sharers(); index++) startReader("sharer", () -> new Sharer(this));
        machine.run(UNFAIR, FAIR);
        oracle.requireNewestIntact();
        oracle.requireNothingLeft();
        oracle.require(oracle.over(), "the run ended before its time: committed=" + oracle.committed());
    }

    DataHub hub() {
        return hub(true);
    }

    /// A hub of a process that may be without the rare allocator.
    DataHub hub(boolean complete) {
        List<SegmentAllocator> allocators = complete
                ? List.of(new MemoryAllocator(MemoryAllocator.FIRST), new MemoryAllocator(MemoryAllocator.RARE))
                : List.of(new MemoryAllocator(MemoryAllocator.FIRST));
        return SimulatedHub.open(new SimulatedKernel(machine), allocators, List.of(Checksum.PLAIN, Checksum.KEYED));
    }

    void startProducer() {
        Writer writer = new Writer(this);
        roles.put(machine.start("producer", writer), new Role() {
            @Override
            public void again() {
                startProducer();
            }

            @Override
            public void killed() {
                // The oracle has no word of producers.
            }
        });
    }

    private void startReader(String role, Supplier<Reader> kind) {
        Reader reader = kind.get();
        roles.put(machine.start(role, reader), new Role() {
            @Override
            public void again() {
                if (dice.nextInt(100) < REPLACED) startReader(role, kind);
            }

            @Override
            public void killed() {
                reader.gone();
            }
        });
    }

    private void killed(SimulatedProcess process) {
        Role role = roles.remove(process);
        role.killed();
        role.again();
    }
}
