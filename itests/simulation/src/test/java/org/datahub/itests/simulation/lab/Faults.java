package org.datahub.itests.simulation.lab;

import static org.datahub.itests.simulation.lab.Edit.answer;
import static org.datahub.itests.simulation.lab.Edit.call;
import static org.datahub.itests.simulation.lab.Edit.drop;
import static org.datahub.itests.simulation.lab.Edit.each;
import static org.datahub.itests.simulation.lab.Edit.field;
import static org.datahub.itests.simulation.lab.Edit.first;
import static org.datahub.itests.simulation.lab.Edit.nth;
import static org.datahub.itests.simulation.lab.Edit.only;
import static org.datahub.itests.simulation.lab.Edit.rename;
import static org.datahub.itests.simulation.lab.Edit.swapFirstTwo;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The mutants: each leaves out, or turns around, one thing that the protocol rests on. The
/// simulator that does not catch one of them proves nothing about that thing.
public final class Faults {
    private static final ClassDesc SEGMENT = ClassDesc.of("java.lang.foreign.MemorySegment");
    private static final ClassDesc WORDS = ClassDesc.of("org.datahub.api.layout.Words");
    private static final ClassDesc HEADER = ClassDesc.of("org.datahub.api.layout.SlotHeader");
    private static final ClassDesc CONTROL = ClassDesc.of("org.datahub.api.layout.ControlLayout");
    private static final ClassDesc DATA = ClassDesc.of("org.datahub.api.layout.DataLayout");
    private static final ClassDesc WRITER = ClassDesc.of("org.datahub.engine.StreamWriter");
    private static final ClassDesc STREAM_READER = ClassDesc.of("org.datahub.engine.StreamReader");
    private static final ClassDesc STATE_READER = ClassDesc.of("org.datahub.engine.StateReader");
    private static final ClassDesc PAUSE = ClassDesc.of("org.datahub.engine.Pause");
    private static final ClassDesc LATE = ClassDesc.of("org.datahub.itests.simulation.machine.Late");
    private static final ClassDesc LONG = ConstantDescs.CD_long;
    private static final ClassDesc INT = ConstantDescs.CD_int;
    private static final ClassDesc VOID = ConstantDescs.CD_void;
    private static final MethodTypeDesc LOAD = MethodTypeDesc.of(LONG, SEGMENT, LONG);
    private static final MethodTypeDesc STORE = MethodTypeDesc.of(VOID, SEGMENT, LONG, LONG);

    private Faults() {}

    /// All of them.
    public static List<Mutant> all() {
        return Stream.concat(
                        inOneGeneration().stream(),
                        ofHandovers().stream().map(mutant -> mutant.from(Laboratory.MOVING)))
                .toList();
    }

    private static List<Mutant> ofHandovers() {
        return List.of(
                new Mutant("the cut is stored before the next generation's head")
                        .in("engine.StreamWriter", "cutTo", Faults::cutFirst),
                new Mutant("the next generation does not say where it begins")
                        .in("engine.StreamWriter", "cutTo", drop(nth(0, call("Words.release")), 0)),
                new Mutant("a limit of the former K survives the cut")
                        .in("engine.StreamWriter", "cutTo", drop("StreamWriter.scanAll", 0)),
                new Mutant("retired before the next generation holds K slots")
                        .in(
                                "engine.StreamWriter",
                                "mayRetire",
                                each(field("slots"), code -> code.pop().lconst_0())),
                new Mutant("a generation is retired that somebody reads")
                        .in("engine.StreamWriter", "mayRetire", drop("StreamWriter.holdsFormer", 0)),
                new Mutant("the acknowledgement does not look at the slot behind the cut")
                        .in("engine.StreamReader", "acknowledgeBehind", drop("StreamReader.lost", 0)),
                new Mutant("the boundary is not looked for behind the acknowledgement")
                        .in(
                                "engine.StreamReader",
                                "acknowledge",
                                answer(call("Succession.boundary"), code -> code.loadConstant(Long.MAX_VALUE))),
                new Mutant("who was let go is not told so where he was not acknowledged behind the cut")
                        .in(
                                "engine.StreamReader",
                                "letGo",
                                each(
                                        field("known"),
                                        code -> code.getfield(
                                                STREAM_READER, "acknowledged", ConstantDescs.CD_boolean))),
                new Mutant("whoever refused is passed over before the cut")
                        .in("engine.StreamWriter", "leftBehind", drop("Rows.entered", 0)),
                new Mutant("a generation that is retired is not noticed")
                        .in("engine.Succession", "boundary", drop("GenerationTable.bears", 1)),
                new Mutant("a used entry keeps its cut")
                        .in("engine.SegmentEntry", "begin", drop(nth(0, call("Words.release")), 0)),
                new Mutant("an entry has its number before its file is known")
                        .in("engine.SegmentEntry", "begin", drop(nth(1, call("Words.release")), 0)),
                new Mutant("a segment is taken away before it is off the table")
                        .in("engine.SegmentEntry", "drop", drop(nth(0, call("Words.release")), 0)),
                new Mutant("a new producer leaves what was being prepared")
                        .in("engine.Handover", "<init>", drop("Handover.drop", 0)),
                new Mutant("a producer goes on in the generation that was the newest before it had the block")
                        .in("engine.Hub", "checkOwned", drop("Block.enterNewest", 0)),
                new Mutant("a value that does not fit goes along")
                        .in(
                                "engine.StateWriter",
                                "fits",
                                only(code -> code.iconst_1().ireturn())),
                new Mutant("the newest value does not go along")
                        .in("engine.StateWriter", "cutTo", drop("StateWriter.copyNewest", 0)),
                new Mutant("a slot of a generation that is retired is told as corrupt")
                        .in(
                                "engine.StreamReader",
                                "stands",
                                answer(call("Succession.boundary"), code -> code.lconst_0())),
                new Mutant("an epoch ends that a generation needs which was left")
                        .in(
                                "engine.KeyEpochs",
                                "formerStands",
                                only(code -> code.iconst_0().ireturn())));
    }

    private static List<Mutant> inOneGeneration() {
        return List.of(
                // The slot.
                new Mutant("the stamp is emptied without a store fence")
                        .in("api.layout.SlotHeader", "empty", drop("Words.storeFence", 0)),
                new Mutant("the stamp is emptied without release")
                        .in("api.layout.SlotHeader", "empty", rename(call("Words.release"), "opaque"))
                        .in("api.layout.SlotHeader", "emptyUnfenced", rename(call("Words.release"), "opaque")),
                new Mutant("the stamps of a batch are emptied without a store fence")
                        .in("engine.StreamWriter", "claim(I)I", drop("Words.storeFence", 0)),
                new Mutant("the stamp is not emptied")
                        .in("engine.StreamWriter", "claim()Z", drop("SlotHeader.empty", 0)),
                new Mutant("the second line of a cell is stored to before the stamp is emptied")
                        .in("engine.StreamWriter", "claim()Z", each(call("SlotHeader.empty"), code -> {
                            code.aload(0).getfield(WRITER, "data", SEGMENT);
                            code.aload(0).getfield(WRITER, "cell", LONG);
                            code.aload(0)
                                    .getfield(WRITER, "secondLine", LONG)
                                    .ladd()
                                    .lconst_0();
                            code.invokestatic(WORDS, "plain", STORE);
                            code.invokestatic(HEADER, "empty", MethodTypeDesc.of(VOID, SEGMENT, LONG));
                        })),
                new Mutant("the stamp is stored without release")
                        .in("api.layout.SlotHeader", "commit", rename(call("Words.release"), "opaque")),
                new Mutant("the stamp is stored before the payload")
                        .in("engine.StreamWriter", "claim()Z", each(call("SlotHeader.empty"), code -> {
                            code.aload(0).getfield(WRITER, "next", LONG);
                            code.invokestatic(HEADER, "commit", STORE);
                        })),
                new Mutant("head is stored before the stamp").in("engine.StreamWriter", "commit()V", first(code -> {
                    code.aload(0).getfield(WRITER, "data", SEGMENT);
                    code.getstatic(DATA, "HEAD", LONG);
                    code.aload(0).getfield(WRITER, "next", LONG).lconst_1().ladd();
                    code.invokestatic(WORDS, "release", STORE);
                })),
                new Mutant("K cells instead of K + B")
                        .in("engine.Geometry", "of", each(nth(1, call("Math.addExact")), CodeBuilder::pop2)),
                new Mutant("the stamps of a batch are stored first to last")
                        .in("engine.StreamWriter", "commit(I)V", Faults::firstToLast),

                // The reader.
                new Mutant("a copy is kept without a second look at its stamp")
                        .in(
                                "api.layout.SlotHeader",
                                "still",
                                only(code -> code.iconst_1().ireturn())),
                new Mutant("no acquire fence before the second look at a copy")
                        .in("api.layout.SlotHeader", "still", drop("Words.acquireFence", 0)),
                new Mutant("a slot in place is released without a second look at its stamp")
                        .in(
                                "engine.StreamReader",
                                "firstLost",
                                only(code -> code.aload(0)
                                        .getfield(STREAM_READER, "count", INT)
                                        .ireturn())),
                new Mutant("no acquire fence before the second look in place")
                        .in("engine.StreamReader", "firstLost", drop("Words.acquireFence", 0)),
                new Mutant("the stamp is loaded before head where overrun is in question")
                        .in("engine.StreamReader", "question", swapFirstTwo()),
                new Mutant("an emptied cell counts as one that was never written")
                        .in(
                                "engine.StreamReader",
                                "look",
                                each(
                                        element -> element instanceof ConstantInstruction constant
                                                && Long.valueOf(0).equals(constant.constantValue()),
                                        code -> code.loadConstant(-1L))),

                // The gate and the join.
                new Mutant("the reader trusts its row before it is acknowledged")
                        .in(
                                "engine.StreamReader",
                                "acknowledge",
                                answer(nth(0, call("Words.acquire")), code -> code.loadConstant(Long.MAX_VALUE))),
                new Mutant("joins are acknowledged that the scan has not seen")
                        .in(
                                "engine.StreamWriter",
                                "scanAll",
                                each(element -> element instanceof LoadInstruction load && load.slot() == 1, code -> {
                                    code.aload(0).getfield(WRITER, "control", SEGMENT);
                                    code.getstatic(CONTROL, "JOIN_EPOCH", LONG);
                                    code.invokestatic(WORDS, "acquire", LOAD);
                                })),
                new Mutant("the epoch is bumped before the row is active")
                        .in(
                                "engine.Rows",
                                "activate",
                                each(
                                        nth(0, call("Words.add")),
                                        code -> code.invokestatic(
                                                        WORDS, "add", MethodTypeDesc.of(LONG, SEGMENT, LONG, LONG))
                                                .dup2()
                                                .lstore(7)))
                        .in("engine.Rows", "activate", answer(nth(1, call("Words.add")), code -> code.lload(7))),
                new Mutant("the rows are loaded before the epoch may be")
                        .in("engine.StreamWriter", "scan", rename(nth(0, call("Words.acquire")), "opaque")),
                new Mutant("joins are acknowledged without release")
                        .in("engine.StreamWriter", "scanAll", rename(call("Words.release"), "opaque")),
                // One slot too early is borne by the cells beyond K.
                new Mutant("the gate opens two slots early")
                        .in(
                                "engine.StreamWriter",
                                "open",
                                each(
                                        field("slots"),
                                        code -> code.getfield(WRITER, "slots", LONG)
                                                .loadConstant(2L)
                                                .ladd())),
                new Mutant("the producer does not look for joins")
                        .in(
                                "engine.StreamWriter",
                                "claim()Z",
                                answer(
                                        call("Words.opaque"),
                                        code -> code.aload(0).getfield(WRITER, "epoch", LONG)))
                        .in(
                                "engine.StreamWriter",
                                "claim(I)I",
                                answer(
                                        call("Words.opaque"),
                                        code -> code.aload(0).getfield(WRITER, "epoch", LONG))),
                new Mutant("the gate counts nobody").in("engine.StreamWriter", "scanAll", drop("Rows.count", 0)),

                // Takeover and reclaim.
                new Mutant("takeover leaves stamps beyond the head")
                        .in("engine.StreamWriter", "<init>", drop("StreamWriter.clearBeyond", 0)),
                new Mutant("takeover leaves head behind")
                        .in("engine.StreamWriter", "<init>", drop("StreamWriter.publish", 0)),
                new Mutant("takeover believes head alone")
                        .in("engine.StreamWriter", "newest", drop("Geometry.cells", 0)),
                new Mutant("takeover is no new incarnation")
                        .in("engine.Producer", "<init>", drop(nth(0, call("Words.release")), 0)),
                new Mutant("the producer's byte is not waited for")
                        .in("engine.Hub", "takeProducerByte", drop("NativeFile.tryLock", 1)),
                new Mutant("a row is reclaimed without its lock byte")
                        .in("engine.Rows", "reclaim", drop("NativeFile.lockedByOther", 0))
                        .in("engine.Rows", "reclaim", drop("NativeFile.tryLock", 1)),
                new Mutant("dead rows are not reclaimed").in("engine.Rows", "reclaim", drop("NativeFile.tryLock", 0)),
                new Mutant("a reclaimed row stays active")
                        .in("engine.Rows", "clean", drop(nth(0, call("Words.release")), 0)),

                // Eviction.
                new Mutant("an eviction is not told").in("engine.Stall", "letGo", drop("Words.release", 0)),
                new Mutant("an eviction is told after the slot was written over")
                        .in(
                                "engine.Stall",
                                "letGo",
                                each(nth(1, call("Words.release")), code -> code.invokestatic(LATE, "keep", STORE)))
                        .in(
                                "engine.StreamWriter",
                                "commit()V",
                                first(code -> code.invokestatic(LATE, "store", MethodTypeDesc.of(VOID)))),
                new Mutant("a new producer does not know whom the old one let go")
                        .in("engine.Stall", "<init>", drop("Stall.evicted", 0)),
                new Mutant("an eviction during the verification is told as an overrun")
                        .in(
                                "engine.StreamReader",
                                "lose",
                                first(code -> code.aload(0)
                                        .iconst_0()
                                        .putfield(STREAM_READER, "known", ConstantDescs.CD_boolean))),
                new Mutant("who joins anew after an eviction is told an overrun until he is acknowledged")
                        .in(
                                "engine.StreamReader",
                                "rejoin",
                                first(code -> code.aload(0)
                                        .iconst_0()
                                        .putfield(STREAM_READER, "loose", ConstantDescs.CD_boolean))),
                new Mutant("an eviction outlives its join")
                        .in("engine.Rows", "activate", drop(nth(0, call("Words.release")), 0)),

                // Key epochs.
                new Mutant("a slot whose epoch is over is told as corrupt")
                        .in("engine.ConsumerHandle", "keyIsGone", drop("SlotReader.stands", 1)),
                new Mutant("an epoch ends that the newest slots need")
                        .in(
                                "engine.KeyEpochs",
                                "beginsAt",
                                only(code -> code.lconst_0().lreturn())),
                new Mutant("a new producer does not know what epochs the newest slots need")
                        .in(
                                "engine.KeyEpochs",
                                "lastOf",
                                only(code -> code.loadConstant(-1L).lreturn())),

                // The state discipline.
                new Mutant("the reader pins without a full fence")
                        .in("engine.StateReader", "takePin", drop("Words.fullFence", 0)),
                new Mutant("the writer looks at pins without a full fence")
                        .in("engine.StateWriter", "claim()Z", drop("Words.fullFence", 0)),
                new Mutant("the pin is not proven by a second look")
                        .in("engine.StateReader", "takePin", answer(call("Words.acquire"), code -> code.lload(1)))
                        .in(
                                "engine.StateReader",
                                "takePin",
                                answer(
                                        call("SlotHeader.stamp"),
                                        code -> code.lload(4).lconst_1().ladd())),
                new Mutant("pins are ignored")
                        .in(
                                "engine.StateWriter",
                                "pinned",
                                only(code -> code.iconst_0().ireturn())),
                new Mutant("takeover takes another value for the newest")
                        .in("engine.StateWriter", "<init>", drop("DataLayout.bufferOf", 0)),
                new Mutant("only the first candidate's pins are looked at")
                        .in("engine.StateWriter", "choose", drop("StateWriter.mark", 0)),
                new Mutant("latest is stored without release")
                        .in("engine.StateWriter", "commit()V", rename(call("Words.release"), "opaque"))
                        .in("api.layout.SlotHeader", "commit", rename(call("Words.release"), "opaque")),
                new Mutant("the pin is taken back before the value was used")
                        .in("engine.StateReader", "held", first(code -> {
                            code.aload(0).getfield(STATE_READER, "control", SEGMENT);
                            code.aload(0).getfield(STATE_READER, "pin", LONG);
                            code.lconst_0();
                            code.invokestatic(WORDS, "release", STORE);
                        })),

                // The making of a block.
                new Mutant("what is swept is not looked at again behind its lock")
                        .in("engine.NewBlock", "sweep", drop("FileStatus.same", 1)),

                // What all share.
                new Mutant("a snapshot is switched to without release")
                        .in("engine.ZoneHandle", "replaced", rename(call("Words.release"), "opaque"))
                        .in("engine.ZoneHandle", "changed", drop("Words.addInt", 0)),
                new Mutant("a snapshot is kept without a second look at its number")
                        .in(
                                "engine.ZoneHandle",
                                "copyTo",
                                answer(nth(1, call("Words.acquire")), code -> code.lload(2))),
                new Mutant("no acquire fence before the second look at a snapshot")
                        .in("engine.ZoneHandle", "copyTo", drop("Words.acquireFence", 0)),
                new Mutant("a snapshot is written over the one that is read")
                        .in(
                                "engine.ZoneHandle",
                                "half",
                                each(
                                        element -> element instanceof LoadInstruction load && load.slot() == 1,
                                        CodeBuilder::lconst_0)),
                new Mutant("the words of an end are kept without a second look at whose they are")
                        .in("engine.EndReason", "load", answer(nth(2, call("Words.acquire")), code -> code.lload(3))),
                new Mutant("the words of an end change without a sign")
                        .in("engine.EndReason", "store", drop("Words.opaque", 0)),
                new Mutant("a lock is set free without release")
                        .in("engine.RowLock", "pass", rename(call("Words.release"), "opaque"))
                        .in("engine.RowLock", "pass", drop("Words.fullFence", 0)),
                new Mutant("a lock's next owner is not told of the death")
                        .in("engine.RowLock", "inherit", drop("Words.release", 0)),
                new Mutant("a lock is taken from the living")
                        .in("engine.LockOwners", "inherit", drop("NativeFile.lockedByOther", 0))
                        .in("engine.LockOwners", "inherit", drop("NativeFile.tryLock", 1)),

                // Sleep and wake-up.
                new Mutant("a commit rings nobody").in("engine.StreamWriter", "commit()V", drop("Ringer.ring", 0)),
                new Mutant("no barrier before a sleep").in("engine.Pause", "arm", drop("Kernel.globalBarrier", 0)),
                new Mutant("the bell is loaded when all was looked at")
                        .in("engine.Pause", "sleep", each(field("seen"), code -> {
                            code.dup().getfield(PAUSE, "bells", SEGMENT).swap();
                            code.getfield(PAUSE, "bell", LONG);
                            code.invokestatic(WORDS, "acquireInt", MethodTypeDesc.of(INT, SEGMENT, LONG));
                        })),
                new Mutant("the bell does not change when it rings")
                        .in("engine.Ringer", "wake", drop("Words.addInt", 0)));
    }

    /// The third store, that of the cut, takes the place of the first two, and they its place.
    private static boolean cutFirst(List<CodeElement> original, CodeBuilder code) {
        List<Integer> stores = new ArrayList<>();
        for (int at = 0; at < original.size(); at++) if (call("Words.release").test(original.get(at))) stores.add(at);
        // Each of them begins behind the one before; the first, behind the call of `publish`.
        int first = 0;
        while (!call("StreamWriter.publish").test(original.get(first))) first++;
        original.subList(0, first + 1).forEach(code::with);
        original.subList(stores.get(1) + 1, stores.get(2) + 1).forEach(code::with);
        original.subList(first + 1, stores.get(1) + 1).forEach(code::with);
        original.subList(stores.get(2) + 1, original.size()).forEach(code::with);
        return stores.size() == 3;
    }

    /// In the loop over the batch, slot `count - 1 - index` takes the place of slot `index`.
    private static boolean firstToLast(List<CodeElement> original, CodeBuilder code) {
        boolean found = false;
        for (int at = 0; at < original.size(); at++) {
            CodeElement element = original.get(at);
            code.with(element);
            if (!(element instanceof LoadInstruction load) || load.slot() != 2) continue;
            CodeElement next = original.get(at + 1);
            if (!(next instanceof InvokeInstruction) && !(next instanceof ConvertInstruction)) continue;
            code.iload(1).iconst_1().isub().swap().isub();
            found = true;
        }
        return found;
    }
}
