import com.google.gson.*;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.sql.*;
import java.util.*;
import org.postgresql.util.DriverInfo;

/**
 * pgjdbc without a pool: each operation has a connection of its own, and those that come when each has had its turn have the last.
 * Speaks the subject protocol (../../subjects/README.md).
 */
final class PgjdbcProbe {
    private static Connection connect(Subject.Settings settings) throws SQLException {
        return DriverManager.getConnection(settings.url(), settings.properties());
    }

    /** Without a rollback: it would fail too, and hide the first error behind its own. */
    private static void transact(Connection connection, JsonObject operation) throws Exception {
        connection.setAutoCommit(false); // BEGIN goes with the first statement
        if (operation.get("do").getAsString().equals("connect")) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1");
            }
        } else {
            Subject.executeAll(connection, operation);
        }
        connection.commit();
    }

    private static void answer(Subject.Settings settings, Connection opened, JsonObject operation) {
        Map<String, Object> answer = new LinkedHashMap<>();
        Connection connection = opened;
        try {
            if (connection == null)
                connection = connect(settings);
            transact(connection, operation);
            answer.put("ok", true);
        } catch (Exception error) {
            error.printStackTrace();
            answer.putAll(Subject.describe(error));
            answer.put("kind", error.getClass().getName()); // as a stack trace names it
        }
        answer.put("id", operation.get("id"));
        answer.put("state", stateOf(connection));
        Subject.say(answer);
    }

    private static String stateOf(Connection connection) {
        try {
            return connection == null ? null : "isClosed() = " + connection.isClosed();
        } catch (SQLException error) {
            return error.getMessage();
        }
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        JsonObject open = JsonParser.parseString(input.readLine()).getAsJsonObject().getAsJsonObject("open");
        if (open.get("strategy").getAsString().equals("plain"))
            open.addProperty("conninfo", open.get("conninfo").getAsString() + " sslmode=disable");
        Subject.Settings settings = Subject.settings(open);
        // The first operation gets the first connection, and so on: the packets are told apart by that.
        Deque<Connection> connections = new ArrayDeque<>();
        try {
            while (connections.size() < settings.size())
                connections.add(connect(settings));
        } catch (SQLException error) {
            Subject.say(Subject.describe(error));
            System.exit(1);
        }
        Subject.say(Map.of("ready", true, "name", "pgjdbc", "version", DriverInfo.DRIVER_VERSION, "driver",
            "Java " + System.getProperty("java.version"), "speaks", List.of("connect")));
        for (String line; (line = input.readLine()) != null;) {
            JsonObject operation = JsonParser.parseString(line).getAsJsonObject();
            boolean fresh = operation.get("do").getAsString().equals("connect");
            Connection connection = fresh ? null : connections.size() > 1 ? connections.poll() : connections.peek();
            new Thread(() -> {
                synchronized (fresh ? operation : connection) { // until the operation before it has ended
                    answer(settings, connection, operation);
                }
            }).start();
        }
        System.exit(0); // some threads may wait for ever
    }
}
