// HikariCP's side of pqpool_bench: one measurement per line of standard input, the answer on standard output.
//   THREADS SIZE MILLISECONDS HOLD_US TIME_WAITS  ->  CYCLES ELAPSED_US MEAN_WAIT P99_WAIT MAX_WAIT MEAN_TURN (us)
//   MOST_TURNS. What a turn is: see waits.c.
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URL;
import java.sql.Connection;
import java.util.Arrays;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Manifest;

public final class HikariBench {
    private static final int BATCH = 64, MOST_TIMED = 1 << 19, BRIEF_US = 20;
    private static final AtomicLong turns = new AtomicLong();
    private static volatile boolean over;

    private static final class Worker extends Thread {
        final HikariDataSource pool;
        final CyclicBarrier start;
        final int holdUs;
        final boolean timeWaits;
        long cycles, maxNs, holdNs, beginNs, endNs, mostTurns;
        int[] waitsNs = new int[0];
        int timed;

        Worker(HikariDataSource pool, CyclicBarrier start, int holdUs, boolean timeWaits) {
            this.pool = pool;
            this.start = start;
            this.holdUs = holdUs;
            this.timeWaits = timeWaits;
            if (timeWaits)
                waitsNs = new int[MOST_TIMED];
        }

        @Override public void run() {
            try {
                start.await();
                beginNs = System.nanoTime();
                if (timeWaits)
                    cycleTimed();
                else
                    cycle();
                endNs = System.nanoTime();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        // The cycle of the published benchmark.
        void cycle() throws Exception {
            while (!over) {
                for (int i = 0; i < BATCH; i++) {
                    Connection connection = pool.getConnection();
                    connection.close();
                }
                cycles += BATCH;
            }
        }

        void countTurn(Connection connection, long turnsBefore) throws Exception {
            StubConnection stub = connection.unwrap(StubConnection.class);
            if (holdUs < BRIEF_US && stub.owner == this)
                return;
            stub.owner = this;
            mostTurns = Math.max(mostTurns, turns.getAndIncrement() - turnsBefore);
        }

        void cycleTimed() throws Exception {
            long before = System.nanoTime(), turnsBefore = turns.get();
            while (!over) {
                Connection connection = pool.getConnection();
                long got = System.nanoTime(), waited = got - before;
                countTurn(connection, turnsBefore);
                if (holdUs > 0)
                    LockSupport.parkNanos(holdUs * 1000L);
                before = holdUs > 0 ? System.nanoTime() : got;
                turnsBefore = turns.get();
                connection.close();
                holdNs += before - got;
                cycles++;
                maxNs = Math.max(maxNs, waited);
                if (timed < MOST_TIMED)
                    waitsNs[timed++] = (int) Math.min(waited, Integer.MAX_VALUE);
            }
        }
    }

    private static HikariDataSource open(int size) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(new StubDataSource());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(size);
        return new HikariDataSource(config);
    }

    private static String measure(int threads, int size, int milliseconds, int holdUs, boolean timeWaits)
            throws Exception {
        try (HikariDataSource pool = open(size)) {
            while (pool.getHikariPoolMXBean().getTotalConnections() < size)
                Thread.sleep(1);
            Worker[] workers = new Worker[threads];
            CyclicBarrier start = new CyclicBarrier(threads + 1);
            over = false;
            turns.set(0);
            for (int i = 0; i < threads; i++) {
                workers[i] = new Worker(pool, start, holdUs, timeWaits);
                workers[i].start();
            }
            start.await();
            Thread.sleep(milliseconds);
            over = true;
            for (Worker worker : workers)
                worker.join();
            return sumUp(workers, size, holdUs);
        }
    }

    private static String sumUp(Worker[] workers, int size, int holdUs) {
        long begin = Long.MAX_VALUE, end = Long.MIN_VALUE;
        long cycles = 0, max = 0, hold = 0, mostTurns = 0;
        int count = 0;
        for (Worker worker : workers) {
            cycles += worker.cycles;
            begin = Math.min(begin, worker.beginNs);
            end = Math.max(end, worker.endNs);
            max = Math.max(max, worker.maxNs);
            hold += worker.holdNs;
            mostTurns = Math.max(mostTurns, worker.mostTurns);
            count += worker.timed;
        }
        int[] all = new int[count];
        count = 0;
        for (Worker worker : workers) {
            System.arraycopy(worker.waitsNs, 0, all, count, worker.timed);
            count += worker.timed;
        }
        Arrays.sort(all);
        double mean = Arrays.stream(all).average().orElse(0), p99 = count > 0 ? all[(int) ((count - 1) * 0.99)] : 0;
        double turn = holdUs >= BRIEF_US ? (double) hold / Math.max(cycles, 1) : (double) (end - begin) * size / Math.max(turns.get(), 1);
        return String.format(java.util.Locale.ROOT, "%d %d %.3f %.3f %.3f %.3f %d", cycles, (end - begin) / 1000, mean / 1000,
            p99 / 1000, max / 1000.0, turn / 1000, mostTurns);
    }

    // So that the compiler of the virtual machine has seen all of it. Where computing takes no time, it would never end.
    private static void warmUp() throws Exception {
        for (int round = 0; round < 3; round++)
            for (int threads : new int[] {1, 2, 8})
                for (int size : new int[] {1, 2, 8}) {
                    measure(threads, size, 200, 0, false);
                    measure(threads, size, 50, 0, true);
                }
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0 || !arguments[0].equals("cold"))
            warmUp();
        try (InputStream manifest = new URL("jar:" + HikariDataSource.class.getProtectionDomain().getCodeSource()
                .getLocation() + "!/META-INF/MANIFEST.MF").openStream()) {
            System.out.println("HikariCP " + new Manifest(manifest).getMainAttributes().getValue("Bundle-Version")
                + ", Java " + System.getProperty("java.version"));
        }
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = input.readLine()) != null;) {
            String[] words = line.split(" ");
            System.out.println(measure(Integer.parseInt(words[0]), Integer.parseInt(words[1]),
                Integer.parseInt(words[2]), Integer.parseInt(words[3]), words[4].equals("1")));
        }
    }
}
