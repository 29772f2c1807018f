package org.datahub.config.files;

import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Hashtable;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Factory configurations by name: `org.datahub.block~camera.cfg` is the configuration `camera` of
/// the factory
/// `org.datahub.block`. File Install itself only splits at a hyphen, and takes such a file for a
/// single configuration.
@Component(property = "service.ranking:Integer=100")
public final class FactoryFiles implements ArtifactInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(FactoryFiles.class);
    private static final Pattern NAME = Pattern.compile("([^~]+)~(.+)\\.cfg");

    private final ConfigurationAdmin configurations;

    /// Tells `configurations` what the files say.
    @Activate
    public FactoryFiles(@Reference ConfigurationAdmin configurations) {
        this.configurations = configurations;
    }

    @Override
    public boolean canHandle(File file) {
        return NAME.matcher(file.getName()).matches();
    }

    @Override
    public void install(File file) throws IOException {
        Properties lines = new Properties();
        try (Reader reader = Files.newBufferedReader(file.toPath(), StandardCharsets.UTF_8)) {
            lines.load(reader);
        } catch (CharacterCodingException e) {
            refuse(file, "it is no UTF-8");
            return;
        } catch (IllegalArgumentException e) {
            refuse(file, e.getMessage());
            return;
        }
        Hashtable<String, Object> values = new Hashtable<>();
        lines.forEach(
                (key, value) -> values.put(key.toString(), value.toString().strip()));
        configuration(file).updateIfDifferent(values);
    }

    /// What an operator can mend is one line; what was read last stays.
    private static void refuse(File file, String why) {
        LOG.error(
                "DH-6001 a file can't be read as lines of key = value: file={}: {} -> mend the file; it is read"
                        + " again when it changes",
                file,
                why);
    }

    @Override
    public void update(File file) throws IOException {
        install(file);
    }

    @Override
    public void uninstall(File file) throws IOException {
        configuration(file).delete();
    }

    private Configuration configuration(File file) throws IOException {
        Matcher name = NAME.matcher(file.getName());
        if (!name.matches()) throw new IllegalArgumentException("no factory configuration: file=" + file);
        return configurations.getFactoryConfiguration(name.group(1), name.group(2), "?");
    }
}
