import java.io.*;
import java.net.*;
import java.nio.channels.*;
import java.util.*;
import java.util.regex.*;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.*;

/**
 * A JUnit 5 test breaks the network, or the server, at the very line where it wants it. Copy this file into your tests;
 * {@code hangup exec -- mvn -o test} runs them in the lab, elsewhere they are skipped. Java 16 or newer.
 *
 * <pre>
 * {@literal @}RegisterExtension Hangup hangup = new Hangup();
 *
 * {@literal @}Test void survivesASilence() throws IOException {
 *     long silence = hangup.fault("silence", "both", "for", "30s");
 *     statement.executeQuery("SELECT 1");
 *     assertTrue(hangup.clear(silence) > 0); // what it hit
 * }
 * </pre>
 */
public class Hangup implements BeforeEachCallback, AfterEachCallback {
    private final String path = System.getenv("HANGUP_SOCKET");
    private final Deque<Long> faults = new ArrayDeque<>();

    public void beforeEach(ExtensionContext context) {
        Assumptions.assumeTrue(path != null, "not in hangup's lab: `hangup exec -- mvn -o test` runs it there");
    }

    public void afterEach(ExtensionContext context) throws IOException {
        while (!faults.isEmpty()) clear(faults.pop()); // no fault of one test reaches the next
    }

    /** Makes a fault happen now, as {@code hangup list faults} has them. Options: "for", "30s", "delay", "5ms" ... */
    public long fault(String kind, String argument, String... options) throws IOException {
        StringJoiner pairs = new StringJoiner(",", "{", "}");
        for (int i = 0; i < options.length; i += 2) pairs.add(quote(options[i]) + ":" + quote(options[i + 1]));
        faults.push(number("fault", ask("{\"kind\":" + quote(kind) + ",\"argument\":" + quote(argument) + ",\"options\":" + pairs + "}")));
        return faults.peek();
    }

    /** Ends it, where it has not ended by itself. What it hit. */
    public long clear(long fault) throws IOException {
        return number("hits", ask("{\"clear\":" + fault + "}"));
    }

    private String ask(String request) throws IOException {
        try (SocketChannel lab = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            Channels.newOutputStream(lab).write((request + "\n").getBytes("UTF-8"));
            String answer = new BufferedReader(Channels.newReader(lab, "UTF-8")).readLine();
            if (answer == null || !answer.contains("\"ok\":true")) throw new IllegalArgumentException(answer);
            return answer;
        }
    }

    private static String quote(String text) {
        return text == null ? "null" : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static long number(String name, String answer) {
        Matcher found = Pattern.compile("\"" + name + "\":(-?\\d+)").matcher(answer);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }
}
