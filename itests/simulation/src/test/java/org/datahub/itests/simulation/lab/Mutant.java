package org.datahub.itests.simulation.lab;

import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One fault, put into the compiled product: an edit of one method, or of several.
public final class Mutant {
    private record Change(String className, String method, String type, Edit edit) {}

    private final String name;
    private long from;
    private final List<Change> changes = new ArrayList<>();
    private final Set<Change> applied = new HashSet<>();

    /// `name` says what is wrong.
    Mutant(String name) {
        this.name = name;
    }

    /// With this edit of a method of a class below `org.datahub`; `method` may name its descriptor
    /// too, as `claim(I)I`.
    Mutant in(String className, String method, Edit edit) {
        int types = method.indexOf('(');
        changes.add(new Change(
                "org.datahub." + className,
                types < 0 ? method : method.substring(0, types),
                types < 0 ? null : method.substring(types),
                edit));
        return this;
    }

    /// Caught by the seeds from `first` on.
    Mutant from(long first) {
        from = first;
        return this;
    }

    /// The first seed to catch it by.
    public long from() {
        return from;
    }

    /// What is wrong with it.
    public String name() {
        return name;
    }

    boolean changes(String className) {
        return changes.stream().anyMatch(change -> change.className.equals(className));
    }

    ClassTransform transform(String className) {
        ClassTransform all = ClassTransform.ACCEPT_ALL;
        for (Change change : changes) {
            if (change.className.equals(className)) all = all.andThen(transform(change));
        }
        return all;
    }

    private ClassTransform transform(Change change) {
        return ClassTransform.transformingMethodBodies(
                method -> method.methodName().stringValue().equals(change.method)
                        && (change.type == null
                                || method.methodType().stringValue().equals(change.type)),
                CodeTransform.ofStateful(() -> new Rewriting(change)));
    }

    /// A class may have changed since the mutant was written: then it would be no mutant.
    void requireApplied(String className) {
        for (Change change : changes) {
            if (change.className.equals(className) && !applied.contains(change)) {
                throw new IllegalStateException("the mutant changes nothing: " + name + ", method=" + change.method);
            }
        }
    }

    private final class Rewriting implements CodeTransform {
        private final Change change;
        private final List<CodeElement> original = new ArrayList<>();

        Rewriting(Change change) {
            this.change = change;
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            original.add(element);
        }

        @Override
        public void atEnd(CodeBuilder code) {
            if (change.edit.rewrite(original, code)) applied.add(change);
        }
    }
}
