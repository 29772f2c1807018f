package org.datahub.itests.simulation.lab;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Rewrites the instructions of one method.
interface Edit {
    /// Writes the method with its fault; whether there was a place for it.
    boolean rewrite(List<CodeElement> original, CodeBuilder code);

    /// Writes instructions in place of one.
    interface Instead extends Consumer<CodeBuilder> {}

    /// Each instruction that `which` finds, replaced.
    static Edit each(Predicate<CodeElement> which, Instead instead) {
        return (original, code) -> {
            boolean found = false;
            for (CodeElement element : original) {
                if (which.test(element)) instead.accept(code);
                else code.with(element);
                found |= which.test(element);
            }
            return found;
        };
    }

    /// Calls of `name`, as `Words.release`.
    static Predicate<CodeElement> call(String name) {
        return element ->
                element instanceof InvokeInstruction call && name(call).equals(name);
    }

    private static String name(InvokeInstruction call) {
        String owner = call.owner().asInternalName();
        return owner.substring(owner.lastIndexOf('/') + 1) + "." + call.name().stringValue();
    }

    /// Loads of a field.
    static Predicate<CodeElement> field(String name) {
        return element -> element instanceof FieldInstruction field
                && field.opcode() == Opcode.GETFIELD
                && field.name().stringValue().equals(name);
    }

    /// Only the one with this number among those found, from 0.
    static Predicate<CodeElement> nth(int number, Predicate<CodeElement> which) {
        List<CodeElement> found = new ArrayList<>();
        return element -> {
            if (!which.test(element)) return false;
            if (found.stream().noneMatch(each -> each == element)) found.add(element);
            return found.indexOf(element) == number;
        };
    }

    /// Without the calls of `name`; where it answers, `answer` is the answer.
    static Edit drop(String name, long answer) {
        return drop(call(name), answer);
    }

    /// Without the calls that `which` finds.
    static Edit drop(Predicate<CodeElement> which, long answer) {
        return (original, code) -> {
            boolean found = false;
            for (CodeElement element : original) {
                if (which.test(element)) {
                    found = true;
                    pop(code, (InvokeInstruction) element);
                    answer(code, ((InvokeInstruction) element).typeSymbol().returnType(), answer);
                } else {
                    code.with(element);
                }
            }
            return found;
        };
    }

    /// In place of a call's answer, what `instead` pushes.
    static Edit answer(Predicate<CodeElement> which, Instead instead) {
        return (original, code) -> {
            boolean found = false;
            for (CodeElement element : original) {
                if (which.test(element)) {
                    found = true;
                    pop(code, (InvokeInstruction) element);
                    instead.accept(code);
                } else {
                    code.with(element);
                }
            }
            return found;
        };
    }

    /// Another method of the same class and type.
    static Edit rename(Predicate<CodeElement> which, String method) {
        return (original, code) -> {
            boolean found = false;
            for (CodeElement element : original) {
                if (which.test(element)) {
                    InvokeInstruction call = (InvokeInstruction) element;
                    code.invoke(call.opcode(), call.owner().asSymbol(), method, call.typeSymbol(), call.isInterface());
                    found = true;
                } else {
                    code.with(element);
                }
            }
            return found;
        };
    }

    /// Before everything else.
    static Edit first(Instead added) {
        return (original, code) -> {
            added.accept(code);
            original.forEach(code::with);
            return true;
        };
    }

    /// Nothing but this.
    static Edit only(Instead body) {
        return (original, code) -> {
            body.accept(code);
            return true;
        };
    }

    /// The statements up to the first store of a variable and up to the second change places.
    static Edit swapFirstTwo() {
        return (original, code) -> {
            List<CodeElement> parts = new ArrayList<>();
            int first = 0;
            while (!(original.get(first) instanceof StoreInstruction)) first++;
            int second = first + 1;
            while (!(original.get(second) instanceof StoreInstruction)) second++;
            parts.addAll(original.subList(first + 1, second + 1));
            parts.addAll(original.subList(0, first + 1));
            parts.addAll(original.subList(second + 1, original.size()));
            parts.forEach(code::with);
            return true;
        };
    }

    private static void pop(CodeBuilder code, InvokeInstruction call) {
        MethodTypeDesc type = call.typeSymbol();
        for (int parameter = type.parameterCount() - 1; parameter >= 0; parameter--) {
            if (TypeKind.from(type.parameterType(parameter)).slotSize() == 2) code.pop2();
            else code.pop();
        }
        if (call.opcode() != Opcode.INVOKESTATIC) code.pop();
    }

    private static void answer(CodeBuilder code, ClassDesc type, long answer) {
        if (type.equals(ConstantDescs.CD_void)) return;
        if (type.equals(ConstantDescs.CD_long)) code.loadConstant(answer);
        else code.loadConstant((int) answer);
    }
}
