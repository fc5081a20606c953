import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/** HikariCP as its README shows it; with-socket-timeout as its wiki ("Rapid Recovery") advises. */
final class Hikaricp {
    public static void main(String[] arguments) throws Exception {
        Subject.serve("hikaricp", Subject.versionOf(HikariDataSource.class), settings -> {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(settings.url());
            config.setDataSourceProperties(settings.properties());
            config.setMaximumPoolSize(settings.size());
            if (settings.strategy().equals("with-socket-timeout"))
                config.addDataSourceProperty("socketTimeout", "30"); // seconds
            if (settings.strategy().equals("tuned")) {
                config.setValidationTimeout(2_000);
                config.setConnectionTimeout(10_000);
                Subject.tunePgjdbc(config.getDataSourceProperties());
            }
            return new HikariDataSource(config);
        });
    }
}
