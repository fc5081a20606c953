import com.google.gson.*;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.sql.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.regex.*;
import org.postgresql.PGConnection;
import org.postgresql.util.DriverInfo;

/** The adapter of mypool: speaks hangup's subject protocol (pool/subjects/README.md) on stdin and stdout. */
final class MyPoolSubject {
    /** YOUR POOL GOES HERE. What stands here is none: connections in a queue, and a new one for each that broke. */
    static final class Pool {
        static final String NAME = "mypool", VERSION = "0";
        private final String url;
        private final Properties properties;
        private final BlockingQueue<Optional<Connection>> idle = new LinkedBlockingQueue<>();

        /** Opens all `size` connections. `strategy` is one of those that mypool.yaml names. */
        Pool(String url, Properties properties, int size, String strategy) throws SQLException {
            this.url = url;
            this.properties = properties;
            for (int i = 0; i < size; i++)
                idle.add(Optional.of(connect()));
        }

        private Connection connect() throws SQLException {
            Connection connection = DriverManager.getConnection(url, properties);
            connection.setAutoCommit(false);
            return connection;
        }

        /** One transaction on a connection of the pool. Gives the server process's id. An error is thrown, never repaired. */
        int transact(Work work) throws Exception {
            Optional<Connection> connection = idle.take();
            try {
                if (connection.isEmpty())
                    connection = Optional.of(connect());
                work.execute(connection.get());
                connection.get().commit();
                return connection.get().unwrap(PGConnection.class).getBackendPID();
            } catch (Exception error) {
                if (connection.isPresent())
                    connection.get().close();
                connection = Optional.empty();
                throw error;
            } finally {
                idle.add(connection);
            }
        }

        void close() throws SQLException {
            for (Optional<Connection> connection : idle)
                if (connection.isPresent())
                    connection.get().close();
        }
    }

    // --- The protocol, the same for every pool. ---

    interface Work {
        void execute(Connection connection) throws Exception;
    }

    private static final Map<String, String> STATEMENTS = Map.of(
        "insert", "INSERT INTO blog_posts (key) VALUES (?)",
        "read", "SELECT count(*) FROM blog_posts",
        "wait", "SELECT pg_sleep(?)",
        "transaction", "INSERT INTO blog_posts (key) VALUES (?)",
        "bulk", "INSERT INTO blog_posts (key, title) VALUES (?, ?)",
        "fetch", "SELECT repeat('x', ?)");

    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    private static void say(Map<String, Object> message) {
        OUT.println(new GsonBuilder().serializeNulls().disableHtmlEscaping().create().toJson(message));
    }

    private static Map<String, Object> describe(Throwable error) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("error", String.valueOf(error.getMessage()).stripTrailing());
        answer.put("kind", error.getClass().getSimpleName());
        answer.put("sqlstate", error instanceof SQLException sql ? sql.getSQLState() : null);
        return answer;
    }

    private static void execute(Connection connection, JsonObject operation) throws Exception {
        String work = operation.get("do").getAsString();
        if (!STATEMENTS.containsKey(work))
            throw new IllegalArgumentException("unknown operation");
        try (PreparedStatement statement = connection.prepareStatement(STATEMENTS.get(work))) {
            switch (work) {
                case "insert", "transaction" -> statement.setString(1, operation.get("key").getAsString());
                case "wait" -> statement.setDouble(1, operation.get("seconds").getAsDouble());
                case "fetch" -> statement.setInt(1, operation.get("bytes").getAsInt());
                case "bulk" -> {
                    statement.setString(1, operation.get("key").getAsString());
                    statement.setString(2, "x".repeat(operation.get("bytes").getAsInt()));
                }
            }
            statement.execute();
        }
        if (operation.has("pause_ms"))
            Thread.sleep(operation.get("pause_ms").getAsInt());
    }

    private static void answer(Pool pool, JsonObject operation) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try {
            answer.put("backend", pool.transact(connection -> execute(connection, operation)));
            answer.put("ok", true);
        } catch (Exception error) {
            answer = describe(error);
        }
        answer.put("id", operation.get("id"));
        say(answer);
    }

    // libpq's keywords and values as pgjdbc names them.
    private static Pool open(JsonObject open) throws SQLException {
        Map<String, String> words = new HashMap<>();
        Matcher word = Pattern.compile("(\\w+)=(?:'([^']*)'|(\\S*))").matcher(open.get("conninfo").getAsString());
        while (word.find())
            words.put(word.group(1), word.group(2) != null ? word.group(2) : word.group(3));
        Properties properties = new Properties();
        for (String name : List.of("user", "password", "sslmode", "sslrootcert"))
            properties.setProperty(name, words.get(name));
        String url = "jdbc:postgresql://" + words.get("host") + ":" + words.get("port") + "/" + words.get("dbname");
        return new Pool(url, properties, open.get("size").getAsInt(), open.get("strategy").getAsString());
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        JsonObject settings = JsonParser.parseString(input.readLine()).getAsJsonObject().getAsJsonObject("open");
        Pool pool;
        try {
            pool = open(settings);
        } catch (Exception error) {
            say(describe(error));
            System.exit(1);
            return;
        }
        say(Map.of("ready", true, "name", Pool.NAME, "version", Pool.VERSION, "driver",
            DriverInfo.DRIVER_FULL_NAME + " (Java " + System.getProperty("java.version") + ")"));
        ExecutorService workers = Executors.newFixedThreadPool(settings.get("workers").getAsInt());
        for (String line; (line = input.readLine()) != null;) {
            JsonObject operation = JsonParser.parseString(line).getAsJsonObject();
            workers.execute(() -> answer(pool, operation));
        }
        workers.shutdown();
        workers.awaitTermination(Long.MAX_VALUE, TimeUnit.SECONDS);
        pool.close();
        System.exit(0);
    }
}
