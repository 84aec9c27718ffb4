namespace Tulle.Samples.Shop;

/// <summary>The call graph of the shop.</summary>
internal static class Roles
{
    public static readonly IReadOnlyList<Role> All =
    [
        new("frontend", 2,
            Get("/",
                Ask("catalog", "/products"), Ask("promotions", "/promotions"),
                Ask("recommendations", "/recommendations/7"), Ask("user-service", "/users/7")),
            Get("/product/{id}", Ask("catalog", "/products/{id}"), Ask("reviews", "/reviews/{id}"), Ask("inventory", "/stock/{id}")),
            Get("/cart/{id}", Ask("carts", "/carts/{id}")),
            Get("/search", Ask("search", "/search")),
            Get("/users/{id}", Ask("user-service", "/users/{id}")),
            Post("/checkout/{id}", Tell("orders", "/orders/{id}"))),
        new("user-service", 3, Get("/users/{id}"), Post("/users")),
        new("catalog", 3, Get("/products", Ask("pricing", "/prices")), Get("/products/{id}", Ask("pricing", "/prices/{id}"))),
        new("carts", 3, Get("/carts/{id}", Ask("catalog", "/products/{id}"), Ask("promotions", "/promotions"))),
        new("orders", 5,
            Get("/orders/{id}"),
            Post("/orders/{id}",
                Ask("user-service", "/users/{id}"), Ask("carts", "/carts/{id}"), Tell("inventory", "/reservations/{id}"),
                Tell("payments", "/charges/{id}"), Tell("shipping", "/shipments/{id}"))),
        new("payments", 12, Post("/charges/{id}", Tell("fraud-detection", "/assessments/{id}"), Ask("currency", "/rates"))),
        new("inventory", 4, Get("/stock/{id}"), Post("/reservations/{id}")),
        new("shipping", 6, Post("/shipments/{id}", Tell("notifications", "/notifications/{id}"))),
        new("pricing", 2, Get("/prices", Ask("currency", "/rates")), Get("/prices/{id}", Ask("currency", "/rates"))),
        new("search", 8, Get("/search", Ask("catalog", "/products"))),
        new("notifications", 3, Post("/notifications/{id}", Tell("email", "/messages/{id}"))),
        new("fraud-detection", 10, Post("/assessments/{id}")),
        new("currency", 1, Get("/rates")),
        new("promotions", 2, Get("/promotions")),
        new("email", 5, Post("/messages/{id}")),

        // Written in Node.js and Python as well (node/, python/); these are what runs where those are not installed.
        new("recommendations", 5, Get("/recommendations/{id}", Ask("catalog", "/products/{id}"))),
        new("reviews", 5, Get("/reviews/{id}", Ask("user-service", "/users/{id}"))),
    ];

    public static Role? Find(string name) => All.FirstOrDefault(role => role.Name == name);

    private static Operation Get(string path, params Call[] calls) => new("GET", path, calls);

    private static Operation Post(string path, params Call[] calls) => new("POST", path, calls);

    private static Call Ask(string service, string path) => new("GET", service, path);

    private static Call Tell(string service, string path) => new("POST", service, path);
}
