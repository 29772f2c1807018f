package org.datahub.integrity.blake2b;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import org.datahub.api.DataHubException;
import org.datahub.api.keys.KeyRing;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.OperatorWords;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The provider in a container. No key configured, no service.
///
/// It registers the service itself: words that can't be used leave the last good provider where it
/// is, and a new key comes before the old one goes, so that nobody waits between them. The key files
/// are read again each time when the configuration is touched.
@Component(
        service = {},
        configurationPid = "org.datahub.integrity.blake2b",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = Blake2bComponent.Config.class)
public final class Blake2bComponent {
    private static final Logger LOG = LoggerFactory.getLogger(Blake2bComponent.class);

    /// The operator's words.
    @ObjectClassDefinition(
            name = "DataHub integrity: BLAKE2b",
            description = "Slots that only holders of a key can seal: blake2b-256")
    public @interface Config {
        /// `key.file`
        @AttributeDefinition(
                name = "Key file",
                description = "File with the key that seals and verifies: 32 bytes or more, readable by its owner only."
                        + " An absolute path, or $[secret:NAME] for a file of $CREDENTIALS_DIRECTORY")
        String key_file() default "";

        /// `key.previous`
        @AttributeDefinition(
                name = "Previous key files",
                description = "Files of other keys whose slots are taken too, with a comma between two: the old key, or"
                        + " the coming one, while a key is changed")
        String[] key_previous() default {};

        /// `implementation`
        @AttributeDefinition(
                name = "Implementation",
                description = "Whose code computes the tags; they are the same",
                options = {
                    @Option(label = "builtin", value = "builtin"),
                    @Option(label = "Bouncy Castle, in Java", value = "bouncycastle")
                })
        String implementation() default "builtin";
    }

    private final BundleContext context;
    private ServiceRegistration<IntegrityProvider> registration; // null while no words were good

    /// Registers the service, if the words are good.
    @Activate
    public Blake2bComponent(BundleContext context, Map<String, Object> properties) {
        this.context = context;
        modified(properties);
    }

    /// A new provider takes the place of the one before.
    @Modified
    synchronized void modified(Map<String, Object> properties) {
        try {
            KeyRing.refuseInline(properties.keySet()); // also what begins with a dot
            Blake2bIntegrity integrity = Blake2bIntegrity.of(OperatorWords.of(properties));
            ServiceRegistration<IntegrityProvider> before = registration;
            registration = context.registerService(
                    IntegrityProvider.class, integrity, words(properties.get(Constants.SERVICE_RANKING)));
            if (before != null) before.unregister();
            LOG.info("blake2b-256: key.id={}", KeyRing.hex(integrity.keyId()));
        } catch (DataHubException e) {
            LOG.error(
                    "blake2b-256: {}: {}",
                    registration == null
                            ? "no key, no provider"
                            : "the changed configuration is refused, the last good one stays",
                    e.getMessage());
        }
    }

    private static Dictionary<String, Object> words(Object ranking) {
        Dictionary<String, Object> words = new Hashtable<>();
        words.put("integrity.name", "blake2b-256");
        words.put(Constants.SERVICE_RANKING, ranking(ranking));
        return words;
    }

    private static int ranking(Object word) {
        try {
            return word == null ? 0 : Integer.parseInt(word.toString().strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Deactivate
    synchronized void deactivate() {
        if (registration != null) registration.unregister();
        registration = null;
    }
}
