import static org.junit.jupiter.api.Assertions.*;

import java.io.*;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application's own tests in Java, with a fault at the line where they want it. Run by test_exec_helpers.sh. */
class AppTest {
    @RegisterExtension Hangup hangup = new Hangup();

    /** Asks the server whether it speaks TLS, which it answers with a letter. How many seconds that took. */
    private static double question() throws IOException {
        long began = System.nanoTime();
        try (Socket server = new Socket(System.getenv("PGHOST"), Integer.parseInt(System.getenv("PGPORT")))) {
            server.getOutputStream().write(new byte[] {0, 0, 0, 8, 4, (byte) 210, 22, 47});
            assertEquals('S', server.getInputStream().read());
        }
        return (System.nanoTime() - began) / 1e9;
    }

    @Test void aSilenceIsWaitedOut() throws IOException {
        long silence = hangup.fault("silence", "both", "for", "30s");
        assertTrue(question() > 30);
        assertTrue(hangup.clear(silence) > 0); // it was over by itself
    }

    @Test void aSilenceIsEndedByTheTest() throws IOException {
        hangup.clear(hangup.fault("silence", null));
        assertTrue(question() < 1);
    }

    @Test void itSaysWhatIsWrong() {
        var error = assertThrows(IllegalArgumentException.class, () -> hangup.fault("silense", null));
        assertTrue(error.getMessage().contains("did you mean 'silence'"));
    }
}
