import java.util.Collection;
import java.util.Map;
import java.util.Scanner;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.curator.x.discovery.ServiceProvider;

/**
 * A program as Java has it. Arguments: where ZooKeeper is, and a payload class. Each line of its input is a command; each answer is one line.
 */
public class Discovery {
  public static void main(String[] args) throws Exception {
    CuratorFramework client = CuratorFrameworkFactory.newClient(args[0], 15_000, 15_000, new RetryOneTime(1_000));
    client.start();
    run(client, Class.forName(args[1]));
    client.close();
  }

  private static <T> void run(CuratorFramework client, Class<T> payloadClass) throws Exception {
    ServiceDiscovery<T> discovery =
        ServiceDiscoveryBuilder.builder(payloadClass).client(client).basePath("/services").build();
    discovery.start();
    Scanner lines = new Scanner(System.in);
    while (lines.hasNextLine()) {
      String[] words = lines.nextLine().split(" ");
      System.out.println(answer(discovery, payloadClass, words));
    }
    discovery.close();
  }

  private static <T> String answer(ServiceDiscovery<T> discovery, Class<T> payloadClass, String[] words)
      throws Exception {
    switch (words[0]) {
      case "register":
        var builder = ServiceInstance.<T>builder().name(words[1]).id(words[2]).address("10.0.0.7").port(8080);
        if (payloadClass == Map.class) builder.payload(payloadClass.cast(Map.of("owner", "java")));
        if (payloadClass == String.class) builder.payload(payloadClass.cast("of Java"));
        discovery.registerService(builder.build());
        return "registered";
      case "names":
        return String.join(",", discovery.queryForNames());
      case "instances":
        return discovery.queryForInstances(words[1]).stream()
            .map(each -> each.getId() + "@" + each.getAddress() + ":" + each.getPort() + "/" + each.getSslPort())
            .sorted()
            .reduce((one, other) -> one + "," + other)
            .orElse("none");
      case "provide":
        try (ServiceProvider<T> provider = discovery.serviceProviderBuilder().serviceName(words[1]).build()) {
          provider.start();
          ServiceInstance<T> chosen = provider.getInstance();
          return chosen == null ? "none" : chosen.getId();
        }
      default:
        throw new IllegalArgumentException(words[0]);
    }
  }
}
