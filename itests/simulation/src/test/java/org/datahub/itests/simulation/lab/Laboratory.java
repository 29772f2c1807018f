package org.datahub.itests.simulation.lab;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;

/// DataHub once more, in classes of its own: the compiled engine with its [Surroundings] replaced,
/// and with one [Mutant] applied or none.
public final class Laboratory extends ClassLoader {
    /// From this seed on every producer hands its block over.
    public static final long MOVING = 1L << 40;

    private static final String OURS = "org.datahub.";
    private static final String OUTSIDE = Laboratory.class.getPackageName() + ".";
    private static final String PRODUCT = "org.datahub.(engine|api)(\\.layout|\\.spi)?\\.[A-Za-z0-9$]+";

    private final Mutant mutant;

    /// A laboratory for `mutant`; null for the engine as it is.
    public Laboratory(Mutant mutant) {
        super(Laboratory.class.getClassLoader());
        this.mutant = mutant;
    }

    /// What runs the seeds in here.
    public Experiment experiment() {
        try {
            Class<?> campaign = loadClass("org.datahub.itests.simulation.scenario.Campaign");
            return (Experiment) campaign.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS) || name.startsWith(OUTSIDE)) return super.loadClass(name, resolve);
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) throw new ClassNotFoundException(name);
            byte[] bytes = file.readAllBytes();
            if (name.matches(PRODUCT)) bytes = transformed(name, bytes);
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private static MethodTransform surrounded(String className, MethodModel method) {
        String name = className + "." + method.methodName().stringValue();
        return MethodTransform.transformingCode((code, element) -> Surroundings.lead(name, code, element));
    }

    private byte[] transformed(String name, byte[] bytes) {
        ClassFile files = ClassFile.of();
        ClassModel model = files.parse(bytes);
        if (mutant != null && mutant.changes(name)) {
            bytes = files.transformClass(model, mutant.transform(name));
            mutant.requireApplied(name);
            model = files.parse(bytes);
        }
        bytes = files.transformClass(model, (type, element) -> {
            if (element instanceof MethodModel method) type.transformMethod(method, surrounded(name, method));
            else type.with(element);
        });
        Surroundings.requireShortened(name);
        return bytes;
    }
}
